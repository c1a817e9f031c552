import { Router } from 'express'
import { findProduct } from '../catalogue.js'

/** So that the session fits into a cookie, and nobody orders a warehouse. */
const MAX_QUANTITY = 99

export const cart = Router()

cart.get('/', (request, response) => {
  response.json(contents(request.session))
})

/** Sets how many of a product are in the cart: `{ "id": "sencha", "quantity": 2 }`; 0 takes it out. */
cart.post('/', (request, response) => {
  const { id, quantity } = request.body ?? {}
  if (findProduct(id) === undefined) {
    response.status(422).json({ error: 'No such product' })
    return
  }
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > MAX_QUANTITY) {
    response.status(422).json({ error: `quantity is a whole number from 0 to ${MAX_QUANTITY}` })
    return
  }
  const { [id]: _replaced, ...others } = request.session.cart ?? {}
  request.session.cart = quantity === 0 ? others : { ...others, [id]: quantity }
  response.json(contents(request.session))
})

/**
 * What is in a session's cart, with prices in cents.
 *
 * @param {{ cart?: Record<string, number> }} session
 */
export function contents(session) {
  const items = Object.entries(session.cart ?? {}).flatMap(([id, quantity]) => {
    const product = findProduct(id)
    return product === undefined ? [] : [{ id, name: product.name, quantity, price: product.price * quantity }]
  })
  return { items, total: items.reduce((sum, item) => sum + item.price, 0) }
}
