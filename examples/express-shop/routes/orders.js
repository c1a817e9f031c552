import { randomUUID } from 'node:crypto'
import { Router } from 'express'
import { contents } from './cart.js'

/** As many as fit into a cookie beside the cart. */
const REMEMBERED_ORDERS = 5

export const orders = Router()

orders.get('/', (request, response) => {
  response.json(request.session.orders ?? [])
})

/** Orders what is in the cart and empties it. */
orders.post('/', (request, response) => {
  const { items, total } = contents(request.session)
  if (items.length === 0) {
    response.status(422).json({ error: 'The cart is empty' })
    return
  }
  const pieces = items.reduce((sum, item) => sum + item.quantity, 0)
  const order = { id: randomUUID().slice(0, 8), pieces, total, placed: new Date().toISOString() }
  request.session.orders = [order, ...(request.session.orders ?? [])].slice(0, REMEMBERED_ORDERS)
  request.session.cart = {}
  response.status(201).location(`/api/orders#${order.id}`).json(order)
})
