import { once } from 'node:events'
import { connect } from 'node:net'

/** The head of a handshake, with the mistakes that are asked for. */
export function upgradeRequest({ path = '/', key = 'dGhlIHNhbXBsZSBub25jZQ==', version = 13 } = {}) {
  const fields = ['Host: test.local', 'Connection: Upgrade', 'Upgrade: websocket']
  return [
    `GET ${path} HTTP/1.1`,
    ...fields,
    `Sec-WebSocket-Key: ${key}`,
    `Sec-WebSocket-Version: ${version}`,
    '',
    '',
  ].join('\r\n')
}

/** Sends a handshake and tells the lines of the answer; what is switched is left with a close frame. */
export async function converse(port, bytes) {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  let received = ''
  let left = false
  socket.on('data', part => {
    received += part.toString('latin1')
    // A masked close frame without a code.
    if (received.includes('\r\n\r\n') && received.startsWith('HTTP/1.1 101') && !left) {
      left = true
      socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]))
    }
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  const [head, rest = ''] = received.split('\r\n\r\n')
  const [status, ...fields] = head.split('\r\n')
  // The case of names and the server's own fields are left out, as with any response.
  const told = fields
    .map(line => line.replace(/^[^:]+/, name => name.toLowerCase()))
    .filter(line => !/^(date|connection|content-length)/.test(line))
  return [status, told.sort(), Buffer.from(rest, 'latin1').toString('hex')]
}
