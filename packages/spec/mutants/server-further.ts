// Servers that are right where the first case of a requirement looks, and wrong where a further one does.

import { CALL, GIVEN, mutant, type ServerMutant } from './server-mutant.ts'
import { BODIES } from './server-requests.ts'
import { ENDS, RESPONSES } from './server-responses.ts'

const IN_REQUESTS: Readonly<Record<string, ServerMutant>> = {
  'takes what is no HTTP for a request': mutant(
    'REQ-01',
    'request.js',
    'REQUEST_LINE.exec(first) ?? refuse(400)',
    "REQUEST_LINE.exec(first) ?? (/HTTP/.test(first) ? refuse(400) : [first, 'GET', '/', '0'])",
  ),
  'takes any target with any method': mutant(
    'REQ-08',
    'request.js',
    '(.*)$/i.exec(target) ?? refuse(400)',
    "(.*)$/i.exec(target) ?? [target, target, '']",
  ),
  'takes a tab in the target': mutant('REQ-09', 'request.js', '([!"$-~\\x80-\\xff]+)', '([\\t!"$-~\\x80-\\xff]+)'),
  'takes no address of IPv6 for a host': mutant('REQ-10', 'request.js', '\\[[\\da-fA-F:.]+\\]|', ''),
  'takes a bare LF for the end of a line': {
    breaks: ['REQ-11'],
    patches: [
      { file: 'input.js', find: '(?:^|[^\\r])\\n|\\r[^\\n]', replace: '\\r[^\\n]' },
      { file: 'request.js', find: "head.split('\\r\\n')", replace: 'head.split(/\\r?\\n/)' },
    ],
  },
  'takes a NUL in a value': mutant('REQ-11', 'request.js', '((?:[!-~\\x80-\\xff]+', '((?:[\\0!-~\\x80-\\xff]+'),
  'takes a length beyond any file': mutant(
    'REQ-13',
    'request.js',
    '/^\\d{1,15}$/.test(length)',
    '/^\\d+$/.test(length)',
  ),
  'takes several lengths': mutant(
    'REQ-13',
    'request.js',
    '/^\\d{1,15}$/.test(length)',
    '/^\\d{1,15}(?:, \\d+)*$/.test(length)',
  ),
  'takes a PROXY header of anybody': mutant(
    'REQ-17',
    'request.js',
    "head.split('\\r\\n')",
    "head.replace(/^PROXY .*\\r\\n/, '').split('\\r\\n')",
  ),
  'has no body with GET': mutant(
    'BOD-01',
    'server.js',
    GIVEN,
    `${GIVEN}; if (request.method === 'GET') request.body = null`,
  ),
  'hides the coding of the content': mutant(
    'BOD-03',
    'server.js',
    GIVEN,
    `${GIVEN}; delete request.headers['content-encoding']`,
  ),
  'reads a body to its end that the application leaves': mutant(
    'BOD-08',
    'input.js',
    'return: async () => ({ done: true, value: undefined })',
    'return: async () => ({ done: await this.drain(), value: undefined })',
  ),
  'knows its expectation in small letters only': mutant(
    'EXP-01',
    'input.js',
    '/^100-continue$/i.test(headers.expect)',
    '/^100-continue$/.test(headers.expect)',
  ),
  'does not offer connect': mutant('UPG-01', 'request.js', "method === 'CONNECT' ? 'connect' : asked", 'asked'),
}

const IN_RESPONSES: Readonly<Record<string, ServerMutant>> = {
  'tells finished of an error where nothing was to be sent': mutant(
    'END-07',
    'server.js',
    '...(error === undefined ? [] : [error])',
    "...(error === undefined && request.method !== 'HEAD' ? [] : [error ?? new Error('nothing was sent')])",
  ),
  'returns bodies that are over': mutant(
    'END-09',
    'server.js',
    '      if (!sending.started) start()\n      if (head.chunked)',
    '      iterator.return?.()\n      if (!sending.started) start()\n      if (head.chunked)',
  ),
  'knows no thenables but promises': mutant(
    'RES-01',
    'server.js',
    "typeof returned?.then === 'function' ?",
    // What it does not know it does not wait for; nobody else may, or the process would die of a rejection.
    '(returned?.then?.(() => {}, () => {}), returned instanceof Promise) ?',
  ),
  'refuses a status that has no name': mutant(
    'RES-03',
    'response.js',
    'status >= 200 && status < 600',
    'status >= 200 && STATUS_CODES[status] !== undefined',
  ),
  'sends numbers as text': mutant(
    'RES-04',
    'server.js',
    '    await send(response, sending)\n',
    "    if (typeof response?.body === 'number') response = { ...response, body: String(response.body) }\n    await send(response, sending)\n",
  ),
  'refuses a name with a tilde': mutant('RES-06', 'response.js', '`|~-]+$/', '`|-]+$/'),
  'refuses values that are not ASCII': mutant('RES-07', 'response.js', '[^\\0\\r\\n\\u0100-\\uffff]*$/', '[\\t -~]*$/'),
  'ends a body of unknown length by closing': mutant(
    'RES-15',
    'server.js',
    'const head = encodeHead(response, request, sending)',
    "if (!isBytes(body) && request.method !== 'HEAD') sending.close = true\n  const head = encodeHead(response, { method: request.method, httpVersion: '1.0' }, sending)",
  ),
  'adds a length to one that is given': mutant(
    'RES-12',
    'response.js',
    'status !== 304 && declared === undefined)',
    "status !== 304 && (declared === undefined || (isBytes(body) && method !== 'HEAD')))",
  ),
  'drops a length that HEAD was given for no body': mutant(
    'RES-17',
    'response.js',
    "(name === 'content-length' && [204, 205].includes(status))",
    "(name === 'content-length' && ([204, 205].includes(status) || (method === 'HEAD' && body === null)))",
  ),
  'drops the length of a 304': mutant(
    'RES-19',
    'response.js',
    '[204, 205].includes(status)',
    '[204, 205, 304].includes(status)',
  ),
  'goes on where the client says close': mutant(
    'RES-22',
    'server.js',
    'close: old || /\\bclose\\b/i.test(request.headers.connection)',
    'close: old',
  ),
  'puts its own date in the place of the application’s': mutant(
    'RES-23',
    'response.js',
    '!HOP_BY_HOP.includes(name) && ',
    "!HOP_BY_HOP.includes(name) && name !== 'date' && ",
  ),
  'says its name': mutant(
    'RES-24',
    'response.js',
    'if (close) fields',
    "if (!has('server')) fields.push(['server', 'tiny'])\n  if (close) fields",
  ),
  'drops the name that the application says': mutant(
    'RES-24',
    'response.js',
    '!HOP_BY_HOP.includes(name) && ',
    "!HOP_BY_HOP.includes(name) && name !== 'server' && ",
  ),
  'breaks off at a synchronous throw': mutant(
    'RES-32',
    'server.js',
    CALL,
    'let returned\n    try { returned = application(request, context) } catch (thrown) { socket.destroy(); throw thrown }',
  ),
  'sends its own reason': mutant(
    'RES-35',
    'response.js',
    '.test(reason) ? reason :',
    '.test(reason) ? STATUS_CODES[status] :',
  ),
}

/** The same mistakes over TLS, of which each has a case of its own. */
const OVER_TLS: Readonly<Record<string, ServerMutant | undefined>> = {
  'yields the sizes of chunks over TLS': BODIES['yields the sizes of chunks'],
  'takes a truncated body for a whole one over TLS': BODIES['takes a truncated body for a whole one'],
  'does not notice a loss over TLS': ENDS['does not notice a loss'],
  'holds the head until there is a piece over TLS': RESPONSES['holds the head until there is a piece'],
}

/** By what they do. The ordinary tests hold them against the cases of their requirements alone. */
export const FURTHER: Readonly<Record<string, ServerMutant>> = Object.fromEntries(
  [
    ...Object.entries({ ...IN_REQUESTS, ...IN_RESPONSES }),
    ...Object.entries(OVER_TLS).flatMap(([name, one]) =>
      one === undefined ? [] : [[name, { ...one, kind: 'tls' }] as const],
    ),
  ].map(([name, one]) => [name, { ...one, isNarrow: true }]),
)
