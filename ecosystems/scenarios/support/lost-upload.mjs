import { once } from 'node:events'
import { connect } from 'node:net'

/** A client that is gone in the middle of its upload, when the application has begun to read. */
export function lostUpload(path, headers) {
  return {
    name: 'a client that goes during its upload',
    async drive({ port }) {
      const socket = connect(port, '127.0.0.1')
      const fields = Object.entries({ 'Content-Length': '100000', ...headers, Expect: '100-continue' })
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: test\r\n${fields.map(field => `${field.join(': ')}\r\n`).join('')}\r\n`,
      )
      const [answer] = await once(socket, 'data')
      // Alone: a reset that arrives together with bytes looks like an end.
      socket.resetAndDestroy()
      return String(answer)
    },
  }
}
