// The peer: node:http with the same answer.
import { createServer } from 'node:http'

const server = createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain')
  response.end('hello, world\n')
})
server.listen(Number(process.env.LISTEN), '127.0.0.1')
