// Servers that get limits, informational responses, pipelining or their processes wrong.
import { mutant, type Patch, type ServerMutant } from './server-mutant.ts'

/** What goes wrong with what a server need not have, but must do well where it has it (§5, §6.2, §6.6). */
export const OPTIONS: Readonly<Record<string, ServerMutant>> = {
  'answers 500 to a body beyond its limit': mutant(
    'BOD-12',
    'server.js',
    "message.tooLong ? '413 Content Too Large' : ",
    '',
  ),
  'answers as if a body had been within its limit': mutant(
    'BOD-12',
    'server.js',
    'if (message.tooLong) throw',
    'if (false) throw',
  ),
  'ends a body at its limit': mutant(
    'BOD-12',
    'input.js',
    "throw new Error('the body is longer than the limit')",
    'this.trailers = {}\n      return undefined',
  ),
  'has a limit of one byte less': mutant(
    'BOD-12',
    'input.js',
    'this.#left > this.#allowed',
    'this.#left >= this.#allowed',
  ),
  'answers whichever request is ready first': {
    breaks: ['RES-29'],
    patches: [
      {
        file: 'server.js',
        find: 'open = await exchange(parseRequest(head, socket), { socket, input })',
        replace: `const request = parseRequest(head, socket)
      const going = exchange(request, { socket, input })
      socket.busy = (socket.busy ?? 0) + 1
      void going.then(on => ((socket.busy -= 1), on || socket.end(() => input.drop())))
      open = request.body === null && !request.upgrade && input.more ? true : await going`,
      },
      { file: 'server.js', find: '    waiting.add(socket)\n', replace: '    if (!socket.busy) waiting.add(socket)\n' },
    ],
  },
  'informs after the head': mutant('RES-31', 'server.js', 'if (!message.headSent && !old', 'if (!old'),
  'informs HTTP/1.0': mutant('RES-31', 'server.js', '!message.headSent && !old', '!message.headSent'),
  'informs with any status': mutant(
    'RES-31',
    'response.js',
    "  check(Number.isInteger(status) && status >= 100 && status < 200 && status !== 101, 'this is no status to inform with')\n",
    '',
  ),
  'informs with any fields': mutant('RES-31', 'response.js', 'checkFields(headers)\n  const lines', 'const lines'),
}

/** What a server with several processes is patched with so that its master serves instead of its workers. */
const SERVING_MASTER: readonly Patch[] = [
  {
    file: 'master.js',
    find: '    child.ready = true\n',
    replace: `    child.ready = true
    if (count > 1 && workers.size === Number(count) && [...workers].every(worker => worker.ready)) {
      process.argv.length = 4
      void import('./server.js')
    }
`,
  },
  { file: 'master.js', find: 'WORKER: String(number)', replace: "WORKER: String(number), MUTE: count > 1 ? '1' : ''" },
  { file: 'server.js', find: 'Number(number ?? 0)', replace: 'Number(number ?? 99)' },
  {
    file: 'server.js',
    find: 'server.listen(number',
    replace: "server.listen(process.env.MUTE ? { port: 0, host: '127.0.0.1' } : number",
  },
]

const PREFORK: Readonly<Record<string, ServerMutant>> = {
  'goes on accepting while it stops': {
    breaks: ['LIF-07'],
    patches: [
      { file: 'server.js', find: '  server.close()\n', replace: '' },
      {
        file: 'server.js',
        find: "  await once(server, 'close')\n",
        replace: `  const connections = () => new Promise(done => server.getConnections((_error, count) => done(count)))
  while ((await connections()) > 0) await new Promise(resolve => setTimeout(resolve, 5))
  await new Promise(done => server.close(done))
`,
      },
    ],
  },
  'leaves idle connections open while it stops': mutant(
    'LIF-07',
    'server.js',
    '  for (const socket of idle) socket.destroy()\n',
    '',
  ),
  'closes without saying so while it stops': {
    breaks: ['LIF-07'],
    patches: [
      {
        file: 'server.js',
        find: 'if (draining.signal.aborted || ',
        replace: 'if (draining.signal.aborted) sending.silent = true\n  if (',
      },
      { file: 'server.js', find: 'if (sending.close || ', replace: 'if (sending.silent || sending.close || ' },
    ],
  },
  'gives all workers one number': mutant('LIF-08', 'server.js', 'Number(number ?? 0)', '0'),
  'gives a worker that replaces another the number of a living one': mutant(
    'LIF-08',
    'master.js',
    'child.retired) start()',
    'child.retired) start(undefined, [...workers][0].number)',
  ),
  'ends all workers with the first that dies': mutant(
    'LIF-10',
    'master.js',
    'child.retired) start()',
    "child.retired) for (const one of [child, ...workers]) (one.retired = true), one.kill('SIGKILL'), start()",
  ),
  'answers clients in the master': { breaks: ['LIF-11'], patches: SERVING_MASTER },
  'kills its workers at a reload': mutant(
    'LIF-12',
    'master.js',
    'start(() => retire(old))',
    "start(() => ((old.retired = true), old.kill('SIGKILL')))",
  ),
  'stops at a reload, and starts again': mutant(
    'LIF-12',
    'master.js',
    'start(() => retire(old))',
    "start(), (old.retired = true), old.kill('SIGKILL')",
  ),
}

/** What goes wrong with several processes (§10). */
export const PROCESSES: Readonly<Record<string, ServerMutant>> = Object.fromEntries(
  Object.entries(PREFORK).map(([name, broken]) => [name, { ...broken, kind: 'prefork' }]),
)
