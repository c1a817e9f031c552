// The page: one WebSocket, opened again whenever it is lost.

/** Milliseconds until the next try; doubled up to the longest, and varied so that not all clients of a worker come at once. */
const FIRST_DELAY = 250
const LONGEST_DELAY = 8000

const [state, messages, form] = ['state', 'messages', 'say'].map(id => document.getElementById(id))
const { name: nameField, text: textField } = form.elements
const button = form.querySelector('button')

let socket
let delay = FIRST_DELAY
/** Sent and not yet heard: sent again if the connection is lost meanwhile. */
let unheard = []

nameField.value = localStorage.getItem('name') ?? ''

function show(status, words) {
  state.dataset.state = status
  state.textContent = words
  button.disabled = status !== 'open'
}

function connect() {
  show('connecting', 'connecting …')
  const { protocol, host } = location
  socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/chat`)
  socket.addEventListener('message', ({ data }) => hear(JSON.parse(data)))
  socket.addEventListener('close', () => {
    show('lost', 'connection lost; trying again …')
    setTimeout(connect, delay * (0.5 + Math.random()))
    delay = Math.min(delay * 2, LONGEST_DELAY)
  })
}

function hear(message) {
  if (message.kind === 'message') {
    add(message)
    return
  }
  delay = FIRST_DELAY
  messages.replaceChildren()
  for (const before of message.history) add(before)
  show('open', `connected to worker ${message.worker}`)
  for (const said of unheard) socket.send(JSON.stringify(said))
}

function add({ name, text, worker, time }) {
  const mine = name === nameField.value.trim()
  unheard = unheard.filter(said => said.name !== name || said.text !== text)
  const item = element('li', mine ? 'mine' : '')
  const avatar = element('span', 'avatar', [...name][0].toUpperCase())
  avatar.setAttribute('aria-hidden', 'true')
  avatar.style.setProperty(
    '--hue',
    String([...name].reduce((sum, letter) => sum + letter.codePointAt(0) * 37, 0) % 360),
  )
  const about = element('span', 'about')
  const clock = new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  about.append(element('strong', '', name), `${clock} · worker ${worker}`)
  item.append(avatar, about, element('p', 'text', text))
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80
  messages.append(item)
  if (atEnd || mine) messages.scrollTop = messages.scrollHeight
}

function element(tag, className, text = '') {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.textContent = text
  return made
}

form.addEventListener('submit', event => {
  event.preventDefault()
  const said = { name: nameField.value.trim(), text: textField.value.trim() }
  if (said.name === '' || said.text === '' || socket.readyState !== WebSocket.OPEN) return
  localStorage.setItem('name', said.name)
  unheard.push(said)
  socket.send(JSON.stringify(said))
  textField.value = ''
})

connect()
