// Serves an NSGI application with node:http, through toNode of @nsgi/adapters-node:
//   node to-node.mjs <application> <port, or path of a UNIX socket>
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toNode } from '@nsgi/adapters-node'

const [file, where] = process.argv.slice(2)
const { default: application } = await import(pathToFileURL(resolve(file)).href)
const listener = toNode(application)
const server = createServer()
listener.attach(server)
await listener.startup()
if (/^\d+$/.test(where)) server.listen(Number(where), '127.0.0.1')
else server.listen(where)

process.once('SIGTERM', () => {
  listener.drain()
  server.close(() => {
    void listener.shutdown().then(() => process.exit())
  })
  server.closeIdleConnections()
})
