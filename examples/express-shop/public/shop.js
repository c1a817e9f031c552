// The page's script: the list of teas, the cart, the upload and the clock, each over its part of the JSON API.
const element = id => document.getElementById(id)
const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })
const money = cents => euros.format(cents / 100)

const [products, cart, orders] = await Promise.all(['products', 'cart', 'orders'].map(name => ask(`/api/${name}`)))
let quantities = {}

products.forEach(showProduct)
showCart(cart)
showOrders(orders)
runClock()
element('order').addEventListener('click', () => void placeOrder())
element('upload').addEventListener('submit', sendPicture)
element('worker').textContent = (await ask('/health')).worker

/** Asks the API; a refusal becomes an Error with the shop's own words. */
async function ask(path, body) {
  const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, body === undefined ? { cache: 'no-store' } : options)
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

function say(id, text, bad = false) {
  element(id).textContent = text
  element(id).classList.toggle('bad', bad)
}

function copyOf(template) {
  return element(template).content.firstElementChild.cloneNode(true)
}

function showProduct({ id, name, origin, kind, price }) {
  const item = copyOf('product-template')
  item.querySelector('img').src = `/api/products/${id}/cup.svg`
  item.querySelector('h3').textContent = name
  item.querySelector('.origin').textContent = `${kind}, ${origin}`
  item.querySelector('.price').textContent = `${money(price)} / 100 g`
  const button = item.querySelector('button')
  button.setAttribute('aria-label', `Add ${name} to the cart`)
  button.addEventListener('click', () => setQuantity(id, (quantities[id] ?? 0) + 1))
  element('products').append(item)
}

async function setQuantity(id, quantity) {
  try {
    const { name } = products.find(product => product.id === id)
    showCart(await ask('/api/cart', { id, quantity }))
    say('cart-status', quantity === 0 ? `${name} taken out.` : `${quantity} × ${name} in the cart.`)
  } catch (error) {
    say('cart-status', error.message, true)
  }
}

function showCart({ items, total }) {
  quantities = Object.fromEntries(items.map(item => [item.id, item.quantity]))
  const focused = document.activeElement?.dataset.key
  element('lines').replaceChildren(...items.map(cartLine))
  if (focused) document.querySelector(`[data-key="${focused}"]`)?.focus()
  element('count').textContent = items.reduce((sum, item) => sum + item.quantity, 0)
  element('total').textContent = money(total)
  element('empty').hidden = items.length > 0
  element('total-line').hidden = items.length === 0
  element('order').hidden = items.length === 0
}

function cartLine({ id, name, quantity, price }) {
  const line = copyOf('line-template')
  line.querySelector('.name').textContent = name
  line.querySelector('output').textContent = quantity
  line.querySelector('.amount').textContent = money(price)
  for (const [kind, step, label] of [
    ['less', -1, 'One less of'],
    ['more', 1, 'One more of'],
  ]) {
    const button = line.querySelector(`.${kind}`)
    button.dataset.key = `${id}-${kind}`
    button.setAttribute('aria-label', `${label} ${name}`)
    button.addEventListener('click', () => setQuantity(id, quantity + step))
  }
  return line
}

async function placeOrder() {
  try {
    const order = await ask('/api/orders', {})
    showCart(await ask('/api/cart'))
    showOrders(await ask('/api/orders'))
    say('cart-status', `Thank you! Order ${order.id} is on its way.`)
  } catch (error) {
    say('cart-status', error.message, true)
  }
}

function showOrders(list) {
  element('orders-block').hidden = list.length === 0
  element('orders').replaceChildren(
    ...list.map(({ id, pieces, total }) => {
      const line = document.createElement('li')
      const amount = document.createElement('span')
      amount.className = 'amount'
      amount.textContent = money(total)
      line.append(`${id}, ${pieces} × 100 g`, amount)
      return line
    }),
  )
}

/** XMLHttpRequest, because fetch tells nothing about the progress of an upload. */
function sendPicture(event) {
  event.preventDefault()
  const form = event.target
  const progress = element('progress')
  const button = form.querySelector('button')
  const request = new XMLHttpRequest()
  const done = (text, bad) => {
    progress.hidden = true
    button.disabled = false
    say('upload-status', text, bad)
  }
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    progress.value = loaded / total
    say('upload-status', `${Math.round((loaded / total) * 100)} % sent`)
  })
  request.addEventListener('error', () => done('The connection broke.', true))
  request.addEventListener('load', () => {
    const answer = request.response ?? {}
    if (request.status !== 201) return done(answer.error ?? `Refused with ${request.status}.`, true)
    const megabytes = (answer.size / 1024 / 1024).toFixed(1)
    return done(`${answer.name}, ${megabytes} MB, SHA-256 ${answer.sha256.slice(0, 16)}… What a beauty!`, false)
  })
  progress.value = 0
  progress.hidden = false
  button.disabled = true
  request.open('POST', '/api/uploads')
  request.send(new FormData(form))
}

function runClock() {
  const events = new EventSource('/api/clock')
  events.addEventListener('tick', ({ data }) => {
    const { time, worker } = JSON.parse(data)
    element('time').textContent = new Date(time).toLocaleTimeString('en-GB')
    element('told-by').textContent = `from worker ${worker}`
    element('dot').classList.add('live')
  })
  events.addEventListener('error', () => {
    element('told-by').textContent = 'reconnecting …'
    element('dot').classList.remove('live')
  })
}
