// A chat: Express for the page, ws for the messages. Clients are spread over the workers; what is said on one reaches the others
// through the room (room.js).
import { fileURLToPath } from 'node:url'
import { fromExpress } from '@nsgi/adapters-express'
import express from 'express'
import helmet from 'helmet'
import { WebSocketServer } from 'ws'
import { Room } from './room.js'
import { parseSaid } from './said.js'

/** Bytes of one frame: a name and a text, with room for their encoding. */
const MAX_PAYLOAD = 4096

/** Bytes that wait for a client which does not read; more, and it is let go. */
const MAX_BACKLOG = 1024 * 1024

/** Close codes of RFC 6455, section 7.4.1, and its registry. */
const SERVICE_RESTART = 1012
const POLICY_VIOLATION = 1008
const INTERNAL_ERROR = 1011

const room = new Room(process.env.CHAT_LOG ?? 'chat.jsonl')
const clients = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD })

const app = express()
app.use(
  helmet({
    // The page comes over plain HTTP on a developer's machine.
    contentSecurityPolicy: {
      directives: { 'connect-src': ["'self'", 'ws:', 'wss:'], 'upgrade-insecure-requests': null },
    },
    strictTransportSecurity: false,
  }),
)
app.use(express.static(fileURLToPath(new URL('public', import.meta.url))))

/** Every worker hears everything that is said, its own messages, too, and tells its clients. */
function tellAll(message) {
  const text = JSON.stringify(message)
  for (const client of clients.clients) {
    if (client.bufferedAmount > MAX_BACKLOG) client.terminate()
    else client.send(text)
  }
}

/** Browsers let any page open a WebSocket to anywhere: only our own page may. Other programs send no Origin. */
function isOurPage({ headers }) {
  const { origin, host } = headers
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

function upgrade(req, socket, head) {
  if (new URL(req.url, 'http://chat').pathname !== '/chat' || !isOurPage(req)) {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    return
  }
  clients.handleUpgrade(req, socket, head, client => welcome(client))
}

/** Asks a client to come back: another worker will take it. */
function sendOn(client) {
  client.close(SERVICE_RESTART, 'the server restarts')
}

/** Of this worker, once it has started. */
let context

function welcome(client) {
  // Whoever breaks the protocol is closed by ws, which emits an error first.
  client.on('error', () => undefined)
  client.send(JSON.stringify({ kind: 'welcome', worker: context.worker, history: room.history }))
  if (context.draining.aborted) sendOn(client)
  client.on('message', data => {
    const said = parseSaid(String(data))
    if (said === undefined) client.close(POLICY_VIOLATION, 'a name and a text, please')
    else void passOn(client, said)
  })
}

async function passOn(client, said) {
  const { worker, log } = context
  try {
    await room.say({ kind: 'message', ...said, worker, time: Date.now() })
  } catch (error) {
    log.error({ err: error }, 'a message could not be written')
    // Its page will say it again once it is connected again.
    client.close(INTERNAL_ERROR, 'try again')
  }
}

export default fromExpress(app, {
  upgrade,
  async startup(given) {
    context = given
    await room.open(tellAll)
    // A worker that is to stop would wait for its clients: they are asked to come back, and another takes them.
    context.draining.addEventListener('abort', () => {
      for (const client of clients.clients) sendOn(client)
    })
  },
  shutdown: () => room.close(),
})
