// Servers that speak TLS and break the contract in one respect each.
import { mutant, type ServerMutant } from '../server-mutant.ts'
import { BROKEN_OFF, FAILED_HANDSHAKE, SERVED } from './base.ts'

const MUTANTS: Readonly<Record<string, ServerMutant>> = {
  'says http over TLS': mutant('REQ-16', 'request.js', "scheme: 'https',", "scheme: 'http',"),
  'says nothing of TLS': mutant('REQ-29', 'request.js', 'tls: {', 'tls: true ? null : {'),
  'names any version': mutant('REQ-29', 'request.js', 'version: socket.getProtocol()', "version: 'TLS'"),
  'has false for a protocol that was not agreed on': mutant(
    'REQ-29',
    'request.js',
    'socket.alpnProtocol || null',
    'socket.alpnProtocol',
  ),
  'has false for a name that was not asked for': mutant(
    'REQ-29',
    'request.js',
    'socket.servername || null',
    'socket.servername',
  ),
  'has an empty certificate': mutant(
    'REQ-29',
    'request.js',
    'socket.getPeerCertificate()?.subject ? socket.getPeerCertificate() : null',
    'socket.getPeerCertificate()',
  ),
  'hides the certificate': mutant(
    'REQ-29',
    'request.js',
    'socket.getPeerCertificate()?.subject ? socket.getPeerCertificate() : null',
    'null',
  ),
  'closes without close_notify': mutant(
    'TLS-01',
    'server.js',
    'socket.end(() => input.drop())',
    'setTimeout(() => socket.destroy(), 50)',
  ),
  'says close_notify behind half a response': mutant('TLS-01', 'server.js', BROKEN_OFF, 'socket.end()'),
  'shakes one hand at a time': mutant(
    'TLS-02',
    'server.js',
    FAILED_HANDSHAKE,
    `${FAILED_HANDSHAKE}
const [shake] = server.listeners('connection')
let last = Promise.resolve()
server.removeAllListeners('connection').on('connection', raw => {
  last = last.then(() => {
    const over = Promise.race([once(server, 'secureConnection'), once(server, 'tlsClientError'), once(raw, 'close')])
    shake.call(server, raw)
    return over.catch(() => {})
  })
})`,
  ),
  'answers plain text, too': mutant(
    'TLS-02',
    'server.js',
    FAILED_HANDSHAKE,
    `${FAILED_HANDSHAKE}
const [shake] = server.listeners('connection')
server.removeAllListeners('connection').on('connection', raw => {
  raw.on('error', () => {}).once('readable', () => {
    const first = raw.read()
    if (first === null) return
    raw.unshift(first)
    if (first[0] === 71) void serve(Object.assign(raw, { getProtocol: () => '', getPeerCertificate: () => undefined }))
    else shake.call(server, raw)
  })
})`,
  ),
  'dies of a handshake that fails': mutant(
    'TLS-02',
    'server.js',
    FAILED_HANDSHAKE,
    "server.on('tlsClientError', error => { throw error })",
  ),
  'takes the end of one side for the end of both': mutant(
    'END-04',
    'server.js',
    SERVED,
    SERVED.replace('{', '{\n  socket.allowHalfOpen = false'),
  ),
  'asks for more than it can send over TLS': mutant(
    'RES-28',
    'server.js',
    'if (socket.writableNeedDrain)',
    'if (false)',
  ),
}

/** By what they do; their patches come after those of base.ts. */
export const tlsMutants: Readonly<Record<string, ServerMutant>> = Object.fromEntries(
  Object.entries(MUTANTS).map(([name, broken]) => [name, { ...broken, kind: 'tls' }]),
)
