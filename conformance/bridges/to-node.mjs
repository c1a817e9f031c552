// Serves an NSGI application with node:http or node:https, through toNode of @nsgi/adapters-node; at the path MOUNT, where the environment has it:
//   node to-node.mjs <application> <port, or path of a UNIX socket> [<certificate> <key> [<authority of clients>]]
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toNode } from '@nsgi/adapters-node'
import { mount } from '@nsgi/spec/middleware'

const [file, where, ...certificates] = process.argv.slice(2)
const [cert, key, ca] = certificates.map(path => readFileSync(path))
const { default: application } = await import(pathToFileURL(resolve(file)).href)
const { MOUNT } = process.env
const listener = toNode(MOUNT === undefined ? application : mount(MOUNT, application))
const server = cert === undefined ? createServer() : createSecureServer(secureOptions())
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

/** With an authority, clients are asked for certificates, and served without them. */
function secureOptions() {
  return { cert, key, ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }) }
}
