// The runtime's floor: a socket that answers every read with the same bytes, unread.
import { createServer } from 'node:net'

const ANSWER =
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: Sun, 01 Nov 2026 12:00:00 GMT\r\ncontent-length: 13\r\n\r\nhello, world\n'

createServer({ noDelay: true }, socket => {
  socket.on('data', () => socket.write(ANSWER, 'latin1'))
  // wrk ends by resetting its connections.
  socket.on('error', () => undefined)
}).listen(Number(process.env.LISTEN), '127.0.0.1')
