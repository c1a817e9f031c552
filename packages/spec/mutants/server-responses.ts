// Servers that get responses wrong, their ends, or what surrounds them.
import { CALL, GIVEN, mutant, type ServerMutant } from './server-mutant.ts'

/** What goes wrong as requests end (§7). */
export const ENDS: Readonly<Record<string, ServerMutant>> = {
  'does not notice a loss': mutant('END-01', 'server.js', "else socket.once('close', lost)", ''),
  'aborts after success': mutant('END-02', 'server.js', "socket.off('close', lost)", 'lost()'),
  'aborts only what was looked at before': mutant(
    'END-03',
    'server.js',
    GIVEN,
    `${GIVEN}; let known; Object.defineProperty(request, 'signal', { get: () => known ??= client.signal.aborted ? new AbortController().signal : client.signal })`,
  ),
  'takes a half-closed client for lost': mutant('END-04', 'server.js', 'allowHalfOpen: true', 'allowHalfOpen: false'),
  'closes the body after finished': mutant(
    'END-05',
    'server.js',
    'closeBody(response?.body, sending.iterator)',
    'setTimeout(() => closeBody(response?.body, sending.iterator), 5)',
  ),
  'calls finished twice': mutant(
    'END-06',
    'server.js',
    'response?.finished?.(...(error === undefined ? [] : [error]))',
    'response?.finished?.(error); response?.finished?.(error)',
  ),
  'tells finished of no error': mutant(
    'END-07',
    'server.js',
    'response?.finished?.(...(error === undefined ? [] : [error]))',
    'response?.finished?.()',
  ),
  'does not contain a throw in finished': mutant(
    'END-08',
    'server.js',
    'context.log.error(thrown)\n  }\n  socket.off',
    'throw thrown\n  }\n  socket.off',
  ),
  'does not log what finished threw': mutant(
    'END-08',
    'server.js',
    'context.log.error(thrown)\n  }\n  socket.off',
    '}\n  socket.off',
  ),
  'leaves bodies open': mutant('END-09', 'server.js', 'closeBody(response?.body, sending.iterator)', ''),
  'waits for return()': mutant(
    'END-10',
    'server.js',
    'closeBody(response?.body, sending.iterator)',
    'await sending.iterator?.return?.()',
  ),
}

/** What goes wrong with responses (§6). */
export const RESPONSES: Readonly<Record<string, ServerMutant>> = {
  'calls whatever then is': mutant(
    'RES-01',
    'server.js',
    "typeof returned?.then === 'function' ? await returned : returned",
    'returned?.then ? await new Promise((resolve, reject) => returned.then(resolve, reject)) : returned',
  ),
  'sends invalid responses': mutant('RES-02', 'server.js', '  validate(response, request)\n', ''),
  'sends any status': mutant('RES-03', 'response.js', 'status >= 200 && status < 600', 'status >= 100'),
  'prefers the synchronous iterator': mutant(
    'RES-04',
    'server.js',
    'const iterator = body[Symbol.asyncIterator]?.() ?? body[Symbol.iterator]()',
    'const iterator = body[Symbol.iterator]?.() ?? body[Symbol.asyncIterator]()',
  ),
  'sends strings as latin1': {
    breaks: ['RES-05'],
    patches: [
      {
        file: 'server.js',
        find: 'const piece = Buffer.from(value)',
        replace: "const piece = Buffer.from(value, 'latin1')",
      },
    ],
  },
  'sends names in capitals': mutant('RES-06', 'response.js', '/^[\\da-z!#', '/^[\\dA-Za-z!#'),
  'sends characters that are no bytes': mutant('RES-07', 'response.js', '[^\\0\\r\\n\\u0100-\\uffff]', '[^\\0\\r\\n]'),
  'sends line breaks in values': mutant('RES-07', 'response.js', '[^\\0\\r\\n\\u0100-\\uffff]', '[^\\u0100-\\uffff]'),
  'encodes heads after their bodies': mutant(
    'RES-08',
    'server.js',
    "socket.write(head.text, 'latin1')",
    "socket.write(head.text, head.chunked ? 'utf8' : 'latin1')",
  ),
  'joins arrays of values': mutant(
    'RES-09',
    'response.js',
    'value.map(one => [name, one])',
    "(value.every(one => typeof one === 'string') ? [[name, value.join(', ')]] : value.map(one => [name, one]))",
  ),
  'writes on the response': mutant(
    'RES-10',
    'server.js',
    'const { body, status } = response',
    'Reflect.set(response, "sent", true); const { body, status } = response',
  ),
  'chunks bodies whose size it knows': {
    breaks: ['RES-11'],
    patches: [
      { file: 'response.js', find: 'if (isBytes(body)) {', replace: "if (isBytes(body) && httpVersion === '1.0') {" },
      {
        file: 'server.js',
        find: 'undefined : Buffer.from(body))\n',
        replace: "undefined : Buffer.from(body))\n    if (!empty && head.chunked) socket.write('0\\r\\n\\r\\n')\n",
      },
    ],
  },
  'sends a length that differs': mutant('RES-12', 'response.js', 'if (known && lengths.length > 0)', 'if (false)'),
  'sends more than declared': mutant('RES-13', 'server.js', 'if (sent > (head.length ?? Infinity))', 'if (false)'),
  'takes less than declared for enough': mutant(
    'RES-14',
    'server.js',
    'head.length !== undefined && sent !== head.length',
    'false',
  ),
  'chunks on HTTP/1.0': mutant(
    'RES-15',
    'response.js',
    "httpVersion === '1.1' && method !== 'HEAD'",
    "method !== 'HEAD'",
  ),
  'sends empty chunks': mutant('RES-16', 'server.js', 'else if (piece.length > 0) sendPiece', 'else sendPiece'),
  'sends content to HEAD': mutant(
    'RES-17',
    'server.js',
    "const empty = request.method === 'HEAD' || ",
    'const empty = ',
  ),
  'sends content with 204': mutant(
    'RES-18',
    'server.js',
    '[204, 205, 304].includes(status)',
    '[205, 304].includes(status)',
  ),
  'sends a length with 204': mutant('RES-18', 'response.js', 'else if (status !== 204 && status', 'else if (status'),
  'sends content with 304': mutant(
    'RES-19',
    'server.js',
    '[204, 205, 304].includes(status)',
    '[204, 205].includes(status)',
  ),
  'sends content with 205': mutant(
    'RES-20',
    'server.js',
    '[204, 205, 304].includes(status)',
    '[204, 304].includes(status)',
  ),
  'sends hop-by-hop fields': mutant('RES-21', 'response.js', '!HOP_BY_HOP.includes(name) && ', ''),
  'keeps a connection that is to be closed': mutant(
    'RES-22',
    'server.js',
    ' || /\\bclose\\b/i.test(response.headers?.connection)) sending.close',
    ') sending.close',
  ),
  'has no date': mutant('RES-23', 'response.js', "if (!has('date'))", 'if (false)'),
  'holds the head until there is a piece': mutant(
    'RES-25',
    'server.js',
    'if (!sending.started && early === undefined) start()',
    '',
  ),
  'sends each piece with the one after it': {
    breaks: ['RES-26'],
    patches: [
      {
        file: 'server.js',
        find: 'else if (piece.length > 0) sendPiece(piece, head, socket)',
        replace: 'else { if (sending.kept?.length > 0) sendPiece(sending.kept, head, socket); sending.kept = piece }',
      },
      {
        file: 'server.js',
        find: '    if (done) {\n',
        replace: '    if (done) {\n      if (sending.kept?.length > 0) sendPiece(sending.kept, head, socket)\n',
      },
    ],
  },
  'asks for two pieces at a time': mutant(
    'RES-27',
    'server.js',
    'const pending = Promise.resolve(iterator.next())',
    'const now = sending.ahead ?? iterator.next(); sending.ahead = iterator.next(); Promise.resolve(sending.ahead).catch(() => {}); const pending = Promise.resolve(now)',
  ),
  'asks for more than it can send': mutant('RES-28', 'server.js', 'if (socket.writableNeedDrain)', 'if (false)'),
  'sends forbidden trailers': mutant(
    'RES-30',
    'response.js',
    '.filter(([name]) => !FORBIDDEN_TRAILERS.includes(name))',
    '',
  ),
  'tells the client why it failed': mutant(
    'RES-32',
    'server.js',
    'if (!sending.started && !socket.destroyed) fail(response, sending)',
    'if (!sending.started && !socket.destroyed) { closeBody(response?.body); socket.write(`HTTP/1.1 500 X\\r\\nconnection: close\\r\\ncontent-length: ${Buffer.byteLength(String(error))}\\r\\n\\r\\n${error}`) }',
  ),
  'does not log why it failed': mutant('RES-32', 'server.js', '    context.log.error(error)\n', ''),
  'ends a failed response as if it were whole': mutant(
    'RES-33',
    'server.js',
    'socket.resetAndDestroy()',
    "socket.end('0\\r\\n\\r\\n')",
  ),
  'dies of a request that fails, and fails again in finished': mutant(
    'RES-34',
    'server.js',
    'context.log.error(thrown)\n  }\n  socket.off',
    'if (error === undefined) context.log.error(thrown)\n    else process.exit(1)\n  }\n  socket.off',
  ),
  'sends any reason': mutant(
    'RES-35',
    'response.js',
    "typeof reason === 'string' && /^[\\t -~\\x80-\\xff]*$/.test(reason)",
    'reason !== undefined',
  ),
}

/** What goes wrong with upgrades (§8), hooks and the context (§9). */
export const SURROUNDINGS: Readonly<Record<string, ServerMutant>> = {
  'offers upgrades that nobody asked for': mutant(
    'UPG-01',
    'request.js',
    "minor === '1' && /\\bupgrade\\b/i.test(headers.connection) ?",
    'true ?',
  ),
  'writes after an upgrade': mutant(
    'UPG-02',
    'server.js',
    'response.upgrade(socket)\n',
    "response.upgrade(socket); socket.write('late')\n",
  ),
  'drops what came behind the request': mutant(
    'UPG-03',
    'server.js',
    'message.input.release()',
    'message.input.release(false)',
  ),
  'does not go on where an upgrade is not taken': mutant(
    'UPG-04',
    'server.js',
    'if (sending.close || ',
    'if (request.upgrade || sending.close || ',
  ),
  'calls finished at an upgrade': mutant(
    'UPG-05',
    'server.js',
    '  await gone\n  if (!socket.readableEnded',
    '  if (false',
  ),
  'accepts before startup is over': {
    breaks: ['LIF-01'],
    patches: [
      { file: 'server.js', find: 'await application.startup?.(context)\n', replace: '' },
      {
        file: 'server.js',
        find: "process.once('SIGTERM'",
        replace: "await application.startup?.(context)\nprocess.once('SIGTERM'",
      },
    ],
  },
  'accepts a little later, startup or not': mutant(
    'LIF-01',
    'server.js',
    'await application.startup?.(context)',
    'await Promise.race([application.startup?.(context), new Promise(done => setTimeout(done, 50))])',
  ),
  'serves though startup failed': mutant(
    'LIF-02',
    'server.js',
    'await application.startup?.(context)',
    'await application.startup?.(context).catch(() => {})',
  ),
  'counts on hooks': mutant('LIF-03', 'server.js', 'application.startup?.', 'application.startup'),
  'makes a context for each call': mutant(
    'LIF-04',
    'server.js',
    CALL,
    'const returned = application(request, Object.freeze({ ...context }))',
  ),
  'has a context that can be changed': mutant(
    'LIF-04',
    'server.js',
    'const context = Object.freeze({',
    'const context = ({',
  ),
  'does not tell that it stops': mutant('LIF-05', 'server.js', '  draining.abort()\n', ''),
  'stops without shutdown': mutant('LIF-06', 'server.js', 'await application.shutdown?.(context)', ''),
  'shuts down before the work is done': mutant(
    'LIF-06',
    'server.js',
    "  await once(server, 'close')\n  await application.shutdown?.(context)",
    "  await application.shutdown?.(context)\n  await once(server, 'close')",
  ),
  'has inform as a stub': mutant('LIF-09', 'server.js', GIVEN, `${GIVEN}; request.inform = () => {}`),
}
