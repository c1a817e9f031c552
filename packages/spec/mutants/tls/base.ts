// The correct server of ../server/ made to speak TLS.
import type { Patch } from '../server-mutant.ts'

/** Where it says what it knows of a session. */
export const TOLD: string = `tls: {
      version: socket.getProtocol(),
      alpn: socket.alpnProtocol || null,
      servername: socket.servername || null,
      peerCertificate: socket.getPeerCertificate()?.subject ? socket.getPeerCertificate() : null,
    }`

/** Where it breaks a connection off: without a word, since TLS has no reset. */
export const BROKEN_OFF = 'socket.destroy() // broken off'

/** Where it begins to serve. */
export const SERVED = `socket => {
  socket.on('error', () => {})
  void serve(socket)
}`

/** Where it hears of handshakes that failed. */
export const FAILED_HANDSHAKE = "server.on('tlsClientError', (_error, socket) => socket.destroy())"

/** What is replaced in the server, to be followed by what a mutant replaces. */
export const OVER_TLS: readonly Patch[] = [
  {
    file: 'server.js',
    find: "import { createServer } from 'node:net'",
    replace: "import { readFileSync } from 'node:fs'\nimport { createServer } from 'node:tls'",
  },
  {
    file: 'server.js',
    find: 'const [file, port, limit = Infinity] = process.argv.slice(2)',
    replace: `const [file, port, ...files] = process.argv.slice(2)
const limit = Infinity
const [cert, key, ca] = files.map(path => readFileSync(path))
const secure = { cert, key, ca, requestCert: true, rejectUnauthorized: false }`,
  },
  {
    file: 'server.js',
    find: 'createServer({ allowHalfOpen: true, noDelay: true }, socket => void serve(socket))',
    replace: `createServer({ allowHalfOpen: true, noDelay: true, ALPNProtocols: ['http/1.1'], ...secure }, ${SERVED})
${FAILED_HANDSHAKE}`,
  },
  { file: 'server.js', find: 'socket.resetAndDestroy()', replace: BROKEN_OFF },
  { file: 'request.js', find: "scheme: 'http',", replace: "scheme: 'https'," },
  { file: 'request.js', find: 'tls: null', replace: TOLD },
]
