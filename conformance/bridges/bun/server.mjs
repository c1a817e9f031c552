// Serves an NSGI application with Bun.serve:
//   bun server.mjs <application> <port, or path of a UNIX socket> [<certificate> <key> [<authority of clients>]]
// Bun's engine hands over Request objects: of the message it keeps what the fetch standard keeps. What is lost by that, and what
// the engine does by itself, stands in ../../exceptions/bun.json.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Exchange } from './exchange.mjs'
import { gatewayRequest, refusalOf } from './request.mjs'

const [file, where, cert, key, ca] = process.argv.slice(2)
const { default: application } = await import(pathToFileURL(resolve(file)).href)
const draining = new AbortController()
const context = Object.freeze({
  nsgi: '1.0',
  server: Object.freeze({ name: 'bun', version: Bun.version }),
  worker: 0,
  multiprocess: false,
  draining: draining.signal,
  // oxlint-disable-next-line no-console -- its only log
  log: Object.freeze({ error: console.error, warn: console.warn, info: console.info, debug: console.debug }),
  extensions: Object.freeze({}),
})

await application.startup?.(context)
const running = new Set()
const server = Bun.serve({
  ...(/^\d+$/.test(where) ? { hostname: '127.0.0.1', port: Number(where) } : { unix: where }),
  ...(cert === undefined ? {} : { tls: tlsOptions() }),
  // It would cut streams that are silent, and bodies, by itself.
  idleTimeout: 0,
  maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  // Else it answers failures with pages that show the source.
  development: false,
  async fetch(message, engine) {
    const refusal = refusalOf(message)
    if (refusal !== undefined) return new Response(null, { status: refusal, headers: { connection: 'close' } })
    const exchange = new Exchange({ application, context, request: gatewayRequest(message, engine) }, message.signal)
    running.add(exchange)
    void exchange.over.then(() => running.delete(exchange))
    return exchange.response()
  },
})

process.once('SIGTERM', () => void stop())

async function stop() {
  draining.abort()
  const stopped = server.stop()
  await Promise.all([...running].map(({ over }) => over))
  // Connections that are idle by now would keep it from stopping.
  await Promise.race([stopped, server.stop(true)])
  await application.shutdown?.(context)
  process.exit()
}

function tlsOptions() {
  const client = ca === undefined ? {} : { ca: Bun.file(ca), requestCert: true, rejectUnauthorized: false }
  return { cert: Bun.file(cert), key: Bun.file(key), ...client }
}
