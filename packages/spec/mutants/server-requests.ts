// Servers that get requests wrong.
import { CALL, GIVEN, mutant, type ServerMutant } from './server-mutant.ts'

/** What goes wrong with requests (§4). */
export const REQUESTS: Readonly<Record<string, ServerMutant>> = {
  'calls the application twice where another request is waiting': mutant(
    'REQ-01',
    'server.js',
    CALL,
    `if (request.body === null && input.more) application(request, context); ${CALL}`,
  ),
  'puts methods into capitals': mutant('REQ-02', 'request.js', '    method,\n', '    method: method.toUpperCase(),\n'),
  'puts targets into lower case': mutant(
    'REQ-03',
    'request.js',
    '    target,\n',
    '    target: target.toLowerCase(),\n',
  ),
  'joins slashes in paths': mutant('REQ-04', 'request.js', '{ path: whole,', "{ path: whole.replace(/\\/+/g, '/'),"),
  'decodes paths': mutant('REQ-04', 'request.js', '{ path: whole,', '{ path: whole.replace(/%2f/gi, "/"),'),
  'ends the query at a second question mark': mutant(
    'REQ-05',
    'request.js',
    'query, authority: authority ?? host',
    "query: query.split('?')[0], authority: authority ?? host",
  ),
  'believes Host against the target': mutant('REQ-06', 'request.js', 'authority: authority ?? host', 'authority: host'),
  'takes * with any method': mutant('REQ-07', 'request.js', "return method === 'OPTIONS' ?", 'return method ?'),
  'takes any target with CONNECT': mutant('REQ-08', 'request.js', '/^[^/?@*]+:\\d+$/.test(target)', 'target'),
  'takes a # in the target': mutant('REQ-09', 'request.js', '([!"$-~\\x80-\\xff]+)', '([!-~\\x80-\\xff]+)'),
  'does without Host': mutant('REQ-10', 'request.js', "(minor === '1' && host === undefined)", 'false'),
  'takes any Host': {
    breaks: ['REQ-10'],
    patches: [
      { file: 'request.js', find: "count('host') > 1", replace: 'false' },
      { file: 'request.js', find: "!HOST.test(host ?? '')", replace: 'false' },
    ],
  },
  'takes a space before the colon': mutant('REQ-11', 'request.js', '|~-]+):[ \\t]*((', '|~-]+)[ \\t]*:[ \\t]*(('),
  'takes both framings': mutant('REQ-12', 'request.js', ' || length !== undefined || ', ' || '),
  'takes a length with a sign': mutant(
    'REQ-13',
    'request.js',
    '!/^\\d{1,15}$/.test(length)',
    '!/^[+-]?\\d{1,15}$/.test(length)',
  ),
  'takes codings that it does not know': mutant(
    'REQ-14',
    'request.js',
    '!/^chunked$/i.test(coding)',
    '!/chunked$/i.test(coding)',
  ),
  'takes chunked on HTTP/1.0': mutant(
    'REQ-14',
    'request.js',
    "coding !== undefined && (minor === '0' || ",
    'coding !== undefined && (',
  ),
  'says HTTP/1.1 of everything': mutant(
    'REQ-15',
    'request.js',
    'const httpVersion = `1.${minor}`',
    "const httpVersion = '1.1'",
  ),
  'says https of everything': mutant('REQ-16', 'request.js', "scheme: 'http'", "scheme: 'https'"),
  'believes X-Forwarded-Proto': mutant(
    'REQ-17',
    'request.js',
    "scheme: 'http'",
    "scheme: headers['x-forwarded-proto'] ?? 'http'",
  ),
  'believes nobody, though it was told whom': mutant(
    'REQ-17',
    'request.js',
    'socket.remoteAddress === proxy ?',
    'false ?',
  ),
  'believes of a connection what was said of one request': mutant(
    'REQ-17',
    'request.js',
    '? vouched(headers)',
    '? (socket.said = { ...socket.said, ...vouched(headers) })',
  ),
  'believes the client that spoke to the proxy': mutant('REQ-17', 'request.js', ".split(',').at(-1)", ".split(',')[0]"),
  'believes everybody where it trusts a proxy': mutant(
    'REQ-17',
    'request.js',
    'socket.remoteAddress === proxy ?',
    'proxy ?',
  ),
  'makes up an authority': mutant('REQ-18', 'request.js', "target, host ?? ''", "target, host ?? 'localhost'"),
  'has fields on an ordinary object': mutant(
    'REQ-19',
    'request.js',
    'const headers = Object.create(null)',
    'const headers = {}',
  ),
  'joins cookies by commas': mutant('REQ-20', 'request.js', "key === 'cookie' ? ';' : ','", "','"),
  'leaves white space behind values': mutant('REQ-21', 'request.js', "value.replace(/[ \\t]+$/, '')", 'value'),
  'changes the case of raw names': mutant('REQ-22', 'request.js', 'return [name, trimmed]', 'return [key, trimmed]'),
  'hides the fields of the framing': mutant(
    'REQ-23',
    'server.js',
    GIVEN,
    `${GIVEN}; delete request.headers['content-length']; delete request.headers['transfer-encoding']`,
  ),
  'makes its fields anew at each read': mutant(
    'REQ-24',
    'server.js',
    GIVEN,
    `${GIVEN}; const { headers } = request; Object.defineProperty(request, 'headers', { get: () => Object.assign(Object.create(null), headers) })`,
  ),
  'has members that work on the request alone': mutant(
    'REQ-25',
    'server.js',
    GIVEN,
    `${GIVEN}; const { query } = request; Object.defineProperty(request, 'query', { get() { return this === request ? query : undefined } })`,
  ),
  'seals the request': mutant('REQ-26', 'server.js', GIVEN, `${GIVEN}; Object.preventExtensions(request)`),
  'has a mount that ends in a slash': mutant('REQ-27', 'request.js', "mount: ''", "mount: '/'"),
  'leaves the mount in the path': mutant('REQ-27', 'request.js', 'path: path.slice(mount.length)', 'path'),
  'takes the first letters of a segment for the mount': mutant(
    'REQ-27',
    'request.js',
    " && ['', '/'].includes(path.charAt(mount.length))",
    '',
  ),
  'finds its mount whatever the case': mutant(
    'REQ-27',
    'request.js',
    'path.startsWith(mount)',
    'path.toLowerCase().startsWith(mount.toLowerCase())',
  ),
  'does not know the port of its client': mutant('REQ-28', 'request.js', 'port: socket.remotePort', 'port: 0'),
}

/** What goes wrong with bodies of requests (§5). */
export const BODIES: Readonly<Record<string, ServerMutant>> = {
  'has a body where there is none': mutant('BOD-01', 'input.js', 'if (!this.exists) return null', ''),
  'yields an empty chunk': mutant(
    'BOD-02',
    'input.js',
    'async #next() {',
    'async #next() {\n    if (!this.empty) { this.empty = true; return { done: false, value: Buffer.alloc(0) } }',
  ),
  'yields the sizes of chunks': mutant(
    'BOD-03',
    'input.js',
    'this.#left = Number.parseInt(size[1], 16)',
    'this.#left = Number.parseInt(size[1], 16)\n      if (this.#left > 0) return Buffer.from(size[0])',
  ),
  'lets a body be iterated twice': mutant(
    'BOD-04',
    'input.js',
    "if (used) throw new TypeError('the body was read already')",
    '',
  ),
  'reads ahead without end': {
    breaks: ['BOD-05'],
    patches: [
      { file: 'input.js', find: 'if (this.#bytes.length > READ_AHEAD) this.#socket.pause()', replace: '' },
      // What is ahead is kept in pieces: to join it each time would slow the reading down, which is no fault of this kind.
      {
        file: 'input.js',
        find: '#more = chunk => {',
        replace:
          '#more = chunk => {\n    if (this.#bytes.length > READ_AHEAD) return void (this.rest ??= []).push(chunk)',
      },
    ],
  },
  'uses the memory of a chunk again': mutant(
    'BOD-06',
    'input.js',
    'return this.#take(Math.min(most, this.#bytes.length))',
    'const taken = this.#take(Math.min(most, this.#bytes.length)); this.again ??= Buffer.alloc(1 << 20); taken.copy(this.again); return this.again.subarray(0, taken.length)',
  ),
  'takes a truncated body for a whole one': mutant(
    'BOD-07',
    'input.js',
    'this.#broken = error\n      throw error',
    'this.#broken = error\n      return { done: true, value: undefined }',
  ),
  'stops reading the connection where the body is left': mutant(
    'BOD-08',
    'input.js',
    'return: async () => ({ done: true, value: undefined })',
    'return: async () => { this.input.release(false); return { done: true, value: undefined } }',
  ),
  'takes what nobody read for a request': mutant('BOD-09', 'server.js', 'return message.drain()', 'return true'),
  'merges trailers into the fields': {
    breaks: ['BOD-10'],
    patches: [
      { file: 'input.js', find: 'this.#askFor = askFor', replace: 'this.#askFor = askFor\n    this.fields = headers' },
      {
        file: 'input.js',
        find: 'this.trailers = trailers',
        replace: 'this.trailers = Object.assign(this.fields, trailers)',
      },
    ],
  },
  'has trailers before the end': mutant(
    'BOD-10',
    'server.js',
    'get: () => message.trailers',
    'get: () => message.trailers ?? {}',
  ),
  'ends the body when the response begins': mutant(
    'BOD-11',
    'input.js',
    'if (this.#broken) throw this.#broken',
    "if (this.headSent) throw new Error('the response has begun')",
  ),
  'sends 100 Continue at once': mutant(
    'EXP-01',
    'server.js',
    GIVEN,
    `${GIVEN}; if (message.expected) { socket.write('HTTP/1.1 100 Continue\\r\\n\\r\\n'); message.asked = true }`,
  ),
  'sends 100 Continue at each read': mutant(
    'EXP-02',
    'input.js',
    'this.expected && !this.asked && ',
    'this.expected && ',
  ),
  'sends 100 Continue after the head': mutant('EXP-02', 'input.js', '!this.asked && !this.headSent', '!this.asked'),
  'sends 100 Continue to HTTP/1.0': mutant('EXP-03', 'input.js', "httpVersion === '1.1' && /^100", '/^100'),
  'takes a body that it did not ask for as a request': {
    breaks: ['EXP-04'],
    patches: [
      { file: 'server.js', find: 'if (message.expected && !message.asked) sending.close = true', replace: '' },
      {
        file: 'server.js',
        find: 'return message.drain()',
        replace: 'return (message.expected && !message.asked) || message.drain()',
      },
    ],
  },
  'takes any expectation': mutant('EXP-05', 'request.js', 'refuse(417)', 'void 417'),
}
