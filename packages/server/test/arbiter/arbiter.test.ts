import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { get, openGet } from '../support/http-client.ts'
import {
  applicationDirectory,
  HELLO,
  type KirinProcess,
  runKirin,
  startKirin,
  startServing,
  titleOf,
} from '../support/kirin-process.ts'

/** Says who it is; `/stream` goes on until the worker drains, `/endless` for ever; `/crash` and `/reject` break it. */
const APPLICATION = `
export default function app(request, context) {
  switch (request.path) {
    case '/stream': return { status: 200, headers: { 'x-pid': String(process.pid) }, body: stream(context) }
    case '/endless': return { status: 200, body: endless() }
    case '/crash': setImmediate(() => { throw new Error('crashed on purpose') }); return { status: 200, body: 'soon' }
    case '/reject': void Promise.reject(new Error('rejected on purpose')); return { status: 200, body: 'soon' }
    default: return { status: 200, body: String(process.pid) }
  }
}
async function* stream(context) {
  yield 'first '
  await new Promise(resolve => context.draining.addEventListener('abort', resolve))
  yield 'last'
}
async function* endless() {
  yield 'first '
  await new Promise(() => {})
}
`

const serve = (...args: readonly string[]) =>
  startServing([...args, 'app.mjs'], { cwd: applicationDirectory({ 'app.mjs': APPLICATION }) })

/** Waits until worker n, started after `mark`, is ready; gives its process id. */
async function workerReady(kirin: KirinProcess, slot: number, mark = 0): Promise<number> {
  const [, pid] = await kirin.line(new RegExp(`Worker ${slot} is ready \\(pid (\\d+)\\)`), mark)
  return Number(pid)
}

describe('the process tree', () => {
  it('is one master and as many workers as asked for, each with its title', async () => {
    const { kirin } = await serve('-w', '2')
    const pids = [await workerReady(kirin, 0), await workerReady(kirin, 1)]
    expect(kirin.workers()).toEqual(pids.toSorted((a, b) => a - b))
    expect(titleOf(kirin.pid)).toBe('kirin: master [app.mjs]')
    expect(pids.map(titleOf)).toEqual(['kirin: worker 0 [app.mjs]', 'kirin: worker 1 [app.mjs]'])
  })

  it('shows the name that was given', async () => {
    const { kirin } = await serve('-n', 'shop')
    expect(titleOf(kirin.pid)).toBe('kirin: master [shop]')
    expect(titleOf(await workerReady(kirin, 0))).toBe('kirin: worker 0 [shop]')
  })

  it('leaves every connection to the workers: the master holds none', async () => {
    const { kirin, origin } = await serve()
    const worker = await workerReady(kirin, 0)
    const port = Number(new URL(origin).port)
    const client = connect(port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(client, 'data')
    const inodes = establishedInodes(port)
    expect(inodes).toHaveLength(1)
    expect(socketInodes(worker)).toEqual(expect.arrayContaining([...inodes]))
    expect(socketInodes(kirin.pid)).not.toEqual(expect.arrayContaining([...inodes]))
    client.destroy()
  })
})

describe('a worker that dies', () => {
  it('is replaced under its number, and the other one goes on serving', async () => {
    const { kirin, origin } = await serve('-w', '2')
    const [first, second] = [await workerReady(kirin, 0), await workerReady(kirin, 1)]
    const mark = kirin.mark()
    process.kill(second, 'SIGKILL')
    await kirin.line(new RegExp(`Worker 1 \\(pid ${second}\\) was killed by SIGKILL; a new one starts at once`))
    expect((await get('/', { origin })).status).toBe(200)
    const third = await workerReady(kirin, 1, mark)
    expect(kirin.workers()).toEqual([first, third].toSorted((a, b) => a - b))
  })

  it('loses its own requests and nobody else’s', async () => {
    const { kirin, origin } = await serve('-w', '2')
    const victim = await workerReady(kirin, 0)
    const survivor = await workerReady(kirin, 1)
    // The kernel picks the worker: open streams until each of them has some.
    const streams = []
    while (new Set(streams.map(({ headers }) => headers['x-pid'])).size < 2)
      streams.push(await openGet('/stream', { origin }))
    process.kill(victim, 'SIGKILL')
    const lost = streams.filter(({ headers }) => headers['x-pid'] === String(victim)).map(text)
    for (const result of await Promise.allSettled(lost)) expect(result.status).toBe('rejected')
    await kirin.line(new RegExp(`Worker 0 \\(pid ${victim}\\) was killed by SIGKILL`))
    kirin.signal('SIGTERM')
    const kept = streams.filter(({ headers }) => headers['x-pid'] === String(survivor)).map(text)
    expect(new Set(await Promise.all(kept))).toEqual(new Set(['first last']))
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('at boot is tried again after a growing pause, while the other one serves', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `import { existsSync } from 'node:fs'
if (existsSync('broken')) throw new Error('broken on purpose')
export default () => ({ status: 200, body: 'fine' })`,
    })
    const { kirin, origin } = await startServing(['-w', '2', 'app.mjs'], { cwd })
    await workerReady(kirin, 0)
    const second = await workerReady(kirin, 1)
    writeFileSync(join(cwd, 'broken'), '')
    process.kill(second, 'SIGKILL')
    const failure =
      /Worker 1 failed to boot: app\.mjs threw while it was loaded: Error: broken on purpose \(.*\); next try in ([\d.]+) s/
    const [, pause] = await kirin.line(failure)
    const mark = kirin.mark()
    expect((await get('/', { origin })).body).toBe('fine')
    const [, longer] = await kirin.line(failure, mark)
    expect(Number(longer)).toBeGreaterThan(Number(pause))
    rmSync(join(cwd, 'broken'))
    const healed = kirin.mark()
    await workerReady(kirin, 1, healed)
  })

  it('at its very first boot does not keep another from serving', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `const app = () => ({ status: 200, body: 'fine' })
app.startup = context => { if (context.worker === 0) throw new Error('not me') }
export default app`,
    })
    const { kirin, origin } = await startServing(['-w', '2', 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 failed to boot: startup of app\.mjs failed: Error: not me \(.*\); next try in/)
    expect((await get('/', { origin })).body).toBe('fine')
  })

  it.each([
    ['/crash', 'uncaught exception', 'crashed on purpose'],
    ['/reject', 'unhandled rejection', 'rejected on purpose'],
  ])(
    'of an error that nobody caught (%s) is logged with its stack, lets running requests finish, and is replaced',
    async (path, what, message) => {
      const { kirin, origin } = await serve('--log-level', 'debug')
      const worker = await workerReady(kirin, 0)
      const stream = await openGet('/stream', { origin })
      const mark = kirin.mark()
      await get(path, { origin })
      await kirin.line(
        new RegExp(
          `\\[${worker}\\] \\[ERROR\\] ${what}: Error: ${message} \\(.*app\\.mjs:\\d+:\\d+\\)\\n {4}Error: ${message}\\n {4}at `,
        ),
      )
      await kirin.line(new RegExp(`Worker 0 \\(pid ${worker}\\) stops: ${what}; a new one takes its place`))
      expect(await text(stream)).toBe('first last')
      await kirin.line(new RegExp(`Worker 0 \\(pid ${worker}\\) exited with code 1`))
      // The number 0 was still taken when the successor started.
      const successor = await workerReady(kirin, 1, mark)
      expect((await get('/', { origin })).body).toBe(String(successor))
    },
  )

  it.each([
    ['a string', `'a string'`, /uncaught exception: 'a string'$/],
    [
      'what cannot be looked at',
      `new Proxy({}, { has() { throw 1 }, getPrototypeOf() { throw 2 } })`,
      /cannot be described$/,
    ],
    [
      'an error whose message throws',
      `Object.defineProperty(new Error(), 'message', { get() { throw 3 } })`,
      /described$/,
    ],
  ])('of %s that was thrown says so in one line, and lets running requests finish', async (_, thrown, line) => {
    const cwd = applicationDirectory({
      'app.mjs': APPLICATION.replace("new Error('crashed on purpose')", () => thrown),
    })
    const { kirin, origin } = await startServing(['app.mjs'], { cwd })
    const worker = await workerReady(kirin, 0)
    const stream = await openGet('/stream', { origin })
    const mark = kirin.mark()
    await get('/crash', { origin })
    await kirin.line(/a new one takes its place$/, mark)
    expect(await text(stream)).toBe('first last')
    const [told = '', ...rest] = kirin.stderr
      .slice(mark)
      .split('\n')
      .filter(each => each.includes(`[${worker}] `) && !each.includes('[INFO]'))
    expect(told).toMatch(line)
    expect(rest).toEqual([])
    expect(kirin.stderr).not.toMatch(/^ {4}/m)
  })

  it('because somebody told it to stop is replaced as well', async () => {
    const { kirin, origin } = await serve('--log-level', 'debug')
    const worker = await workerReady(kirin, 0)
    const mark = kirin.mark()
    process.kill(worker, 'SIGTERM')
    await kirin.line(new RegExp(`Worker 0 \\(pid ${worker}\\) exited with code 0`))
    const [, successor] = await kirin.line(/Worker \d is ready \(pid (\d+)\)/, mark)
    expect((await get('/', { origin })).body).toBe(successor)
  })
})

describe('a worker that does not become ready', () => {
  it('is killed after the boot timeout; when nobody ever was ready the master gives up', async () => {
    const cwd = applicationDirectory({ 'app.mjs': 'await new Promise(() => {})\n' })
    const { code, stderr } = await runKirin(['-w', '2', '-b', '127.0.0.1:0', '--boot-timeout', '0.5', 'app.mjs'], {
      cwd,
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/\[FATAL\] a worker was not ready within 0\.5 s \(--boot-timeout\)\n$/)
  })

  it('in the eyes of a master that was suspended meanwhile is not killed', async () => {
    const timeout = 3
    const cwd = applicationDirectory({
      'app.mjs': `import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
const go = existsSync('go') || once(watch('.'), 'change')
console.log('loading')
await go
setTimeout(() => console.log('past the timeout'), ${timeout * 1000} + 100 - process.uptime() * 1000)
export default () => ({ status: 200, body: String(process.pid) })`,
    })
    const kirin = startKirin(['-b', '127.0.0.1:0', '--boot-timeout', String(timeout), 'app.mjs'], { cwd })
    await kirin.line(/^loading$/)
    const workers = kirin.workers()
    kirin.signal('SIGSTOP')
    writeFileSync(join(cwd, 'go'), '')
    await kirin.line(/^past the timeout$/)
    kirin.signal('SIGCONT')
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)/)
    expect((await get('/', { origin })).body).toBe(String(workers[0]))
    expect(kirin.workers()).toEqual(workers)
  })
})

describe('TERM', () => {
  it('lets a running response finish, refuses new connections, and exits with 0', async () => {
    const { kirin, origin } = await serve('-w', '2')
    await workerReady(kirin, 1)
    const stream = await openGet('/stream', { origin })
    const [first] = await once(stream, 'data')
    expect(String(first)).toBe('first ')
    kirin.signal('SIGTERM')
    expect(await text(stream)).toBe('last')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    await expect(get('/', { origin })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('cuts off what runs past the graceful timeout', async () => {
    const { kirin, origin } = await serve('--graceful-timeout', '0.2')
    const stream = await openGet('/endless', { origin })
    kirin.signal('SIGTERM')
    await expect(text(stream)).rejects.toThrow()
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).toMatch(/\[WARN\] Cut off requests that ran past the graceful timeout requests=1/)
  })

  it('while a worker loads its application does not wait for that', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `if (process.title.includes('worker 1')) await new Promise(() => {})\nexport default () => ({ status: 200 })\n`,
    })
    const { kirin } = await startServing(['-w', '2', 'app.mjs'], { cwd })
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(kirin.stderr).not.toMatch(/did not stop in time/)
  })
})

describe('INT', () => {
  it('cuts off running responses at once and exits with 0', async () => {
    const { kirin, origin } = await serve()
    const stream = await openGet('/endless', { origin })
    kirin.signal('SIGINT')
    await expect(text(stream)).rejects.toThrow()
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('from a terminal reaches everyone, and nobody makes noise', async () => {
    const { kirin, origin } = await serve('-w', '2')
    await workerReady(kirin, 1)
    await get('/', { origin })
    kirin.interruptGroup()
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    const levels = new Set([...kirin.stderr.matchAll(/\] \[([A-Z]+)\] /g)].map(([, level]) => level))
    expect([...levels]).toEqual(['INFO'])
  })

  it('ends a graceful stop that takes too long for somebody', async () => {
    const { kirin, origin } = await serve()
    const stream = await openGet('/endless', { origin })
    kirin.signal('SIGTERM')
    await kirin.line(/Stopping: 1 worker may finish running requests/)
    kirin.signal('SIGINT')
    await expect(text(stream)).rejects.toThrow()
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})

describe('TTIN and TTOU', () => {
  it('add a worker, and remove the one that was added, but never the last', async () => {
    const { kirin } = await serve('--log-level', 'debug')
    const first = await workerReady(kirin, 0)
    kirin.signal('SIGTTIN')
    const second = await workerReady(kirin, 1)
    expect(kirin.workers()).toHaveLength(2)
    kirin.signal('SIGTTOU')
    await kirin.line(new RegExp(`Worker 1 \\(pid ${second}\\) exited with code 0`))
    expect(kirin.workers()).toEqual([first])
    kirin.signal('SIGTTOU')
    await kirin.line(/TTOU ignored: one worker is the least/)
    expect(kirin.workers()).toEqual([first])
  })

  it('keep the worker that serves: one that is still booting goes before it', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `import { existsSync } from 'node:fs'
if (existsSync('hold')) {
  console.log('held')
  await new Promise(() => setInterval(() => {}, 1_000_000))
}
export default () => ({ status: 200, body: String(process.pid) })`,
    })
    const { kirin, origin } = await startServing(['--log-level', 'debug', 'app.mjs'], { cwd })
    const first = await workerReady(kirin, 0)
    writeFileSync(join(cwd, 'hold'), '')
    kirin.signal('SIGTTIN')
    await kirin.line(/^held$/)
    kirin.signal('SIGTTOU')
    await kirin.line(/Worker \d \(pid \d+\) exited with code 0/)
    expect(kirin.workers()).toEqual([first])
    expect((await get('/', { origin })).body).toBe(String(first))
  })
})

describe('a master that is gone', () => {
  it('is followed by its workers, which finish what runs', async () => {
    const { kirin, origin } = await serve('-w', '2')
    await workerReady(kirin, 1)
    const stream = await openGet('/stream', { origin })
    process.kill(kirin.pid, 'SIGKILL')
    expect(await text(stream)).toBe('first last')
    // Only when the last worker has gone is the output closed.
    await kirin.allGone()
    expect(kirin.stderr).toMatch(/\[WARN\] The master is gone: this worker finishes what runs and exits/)
  })
})

describe('the other signals', () => {
  it('HUP means nothing to a worker', async () => {
    const { kirin, origin } = await serve()
    process.kill(await workerReady(kirin, 0), 'SIGHUP')
    expect((await get('/', { origin })).status).toBe(200)
  })

  it('USR1 reopens the logs of master and workers after rotation, and opens no inspector', async () => {
    // Changing the directory must not lead the log astray.
    const cwd = applicationDirectory({ 'app.mjs': `process.chdir('/')\n${HELLO}` })
    const kirin = await startServing(['--access-logfile', 'access.log', 'app.mjs'], { cwd })
    const log = join(cwd, 'access.log')
    renameSync(log, `${log}.1`)
    kirin.kirin.signal('SIGUSR1')
    await kirin.kirin.line(/Reopening the logs/)
    process.kill(await workerReady(kirin.kirin, 0), 'SIGUSR1')
    await get('/after', { origin: kirin.origin })
    kirin.kirin.signal('SIGTERM')
    await kirin.kirin.exited()
    expect(readFileSync(log, 'utf8')).toContain('GET /after')
    expect(readFileSync(`${log}.1`, 'utf8')).toBe('')
    expect(kirin.kirin.stderr).not.toContain('Debugger')
  })
})

/** Sockets that a process holds, by inode. */
function socketInodes(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
    const inode = /^socket:\[(\d+)\]$/.exec(readlink(`/proc/${pid}/fd/${fd}`))?.[1]
    return inode === undefined ? [] : [inode]
  })
}

function readlink(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Inodes of the server's ends of established connections to a port, by /proc/net/tcp (state 01). */
function establishedInodes(port: number): readonly string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[1]?.endsWith(local) === true && columns[3] === '01')
    .map(columns => columns[9] ?? '')
}
