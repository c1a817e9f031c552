import { Router } from 'express'
import { catalogue, findProduct } from '../catalogue.js'

export const products = Router()

products.get('/', (_request, response) => {
  response.json(catalogue)
})

products.get('/:id', (request, response, next) => {
  const product = findProduct(request.params.id)
  if (product === undefined) next()
  else response.json(product)
})

/** A cup of the tea, drawn. */
products.get('/:id/cup.svg', (request, response, next) => {
  const product = findProduct(request.params.id)
  if (product === undefined) next()
  else response.type('svg').set('cache-control', 'public, max-age=86400').send(cup(product.colour))
})

function cup(colour) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 120">
  <g fill="none" stroke="#9a8f80" stroke-width="3" stroke-linecap="round" opacity=".6">
    <path d="M62 34c-7-8 7-12 0-22"/><path d="M80 34c-7-8 7-12 0-22"/><path d="M98 34c-7-8 7-12 0-22"/>
  </g>
  <ellipse cx="80" cy="106" rx="56" ry="8" fill="#e4dccd"/>
  <path d="M118 58c26-5 26 31-10 28" fill="none" stroke="#f6f1e7" stroke-width="8"/>
  <path d="M118 58c26-5 26 31-10 28" fill="none" stroke="#d8cdb9" stroke-width="1.5"/>
  <path d="M36 50h88c0 32-15 53-44 53S36 82 36 50z" fill="#f6f1e7" stroke="#d8cdb9" stroke-width="1.5"/>
  <ellipse cx="80" cy="50" rx="44" ry="10" fill="#efe7d8" stroke="#d8cdb9" stroke-width="1.5"/>
  <ellipse cx="80" cy="51" rx="39" ry="7.5" fill="${colour}"/>
  <ellipse cx="68" cy="49" rx="13" ry="2" fill="#fff" opacity=".35"/>
</svg>
`
}
