// Programs that know nothing of Kirin, run by it: real processes, real sockets.
import { rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { get, openGet } from '../support/http-client.ts'
import {
  applicationDirectory,
  type KirinProcess,
  runKirin,
  type ServingKirin,
  startKirin,
} from '../support/kirin-process.ts'

const programs = fileURLToPath(new URL('../fixtures/programs/', import.meta.url))

/** Runs a program and waits until all of its workers listen. */
async function run(
  words: readonly string[],
  { env, workers = 1 }: { readonly env?: Readonly<Record<string, string>>; readonly workers?: number } = {},
): Promise<ServingKirin> {
  const kirin = startKirin(['run', '--workers', String(workers), ...words], { cwd: programs, ...(env && { env }) })
  const [, url = ''] = await kirin.line(/Listening at (https?:\S+?)(?:,|$)/)
  for (let slot = 0; slot < workers; slot++) await kirin.line(new RegExp(`Worker ${slot} is ready`))
  return { kirin, origin: url.replace('[::]', '127.0.0.1') }
}

async function stop(kirin: KirinProcess): Promise<void> {
  kirin.signal('SIGTERM')
  expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  await kirin.allGone()
}

describe('a program on node:http', () => {
  it('is the main module of each worker, with its own arguments and the address that it is served at', async () => {
    const { kirin, origin } = await run(['plain.cjs', '--', 'one', '--two'], { workers: 2 })
    const pids = kirin.workers()
    expect(pids).toHaveLength(2)
    const answers = await Promise.all(Array.from({ length: 8 }, () => get('/', { origin })))
    for (const { body } of answers) {
      const told = JSON.parse(body) as { pid: number; address: { port: number } }
      expect(told).toMatchObject({ isMain: true, words: ['one', '--two'] })
      expect(pids).toContain(told.pid)
      expect(told.address.port).toBe(Number(new URL(origin).port))
    }
    await kirin.line(new RegExp(`told of ${new URL(origin).port}, true`))
    await stop(kirin)
  })

  it('listens where the environment tells it, on the host that it names', async () => {
    const { kirin, origin } = await run(['plain.cjs'], { env: { PORT: '0', HOST: '127.0.0.1' } })
    expect(kirin.stderr).toMatch(/Listening at http:\/\/127\.0\.0\.1:\d+$/m)
    expect((await get('/', { origin })).status).toBe(200)
  })

  it('is at a reload the one that a re-pointed --chdir leads to', async () => {
    const version = (name: string): string =>
      `import { createServer } from 'node:http'\ncreateServer((_, res) => res.end('${name}')).listen(0, '127.0.0.1')`
    const cwd = applicationDirectory({ 'r1/server.mjs': version('one'), 'r2/server.mjs': version('two') })
    const current = join(cwd, 'current')
    symlinkSync('r1', current)
    const { kirin, origin } = await run(['--log-level', 'debug', '--chdir', current, 'server.mjs'])
    expect((await get('/', { origin })).body).toBe('one')
    rmSync(current)
    symlinkSync('r2', current)
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 1 worker ready/)
    await kirin.line(/exited with code 0/)
    expect((await get('/', { origin })).body).toBe('two')
    await stop(kirin)
  })

  it('is served where --bind says, and told so', async () => {
    const { origin } = await run(['--bind', '127.0.0.1:0', 'plain.cjs'], { env: { PORT: '1' } })
    const { address } = JSON.parse((await get('/', { origin })).body) as { address: unknown }
    expect(address).toEqual({ address: '127.0.0.1', family: 'IPv4', port: Number(new URL(origin).port) })
  })

  it('finishes what runs at TERM, then its own handler cleans up and exits', async () => {
    const { kirin, origin } = await run(['plain.cjs'])
    const answer = openGet('/slow', { origin })
    await kirin.line(/slow begins/)
    kirin.signal('SIGTERM')
    const slow = await answer
    expect(slow.statusCode).toBe(200)
    slow.resume()
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(kirin.stdout).toMatch(/closed\ncleaned up\n$/)
  })

  it('that closes its server leaves its worker, and another takes its place', async () => {
    const { kirin, origin } = await run(['plain.cjs'])
    const [before] = kirin.workers()
    const mark = kirin.mark()
    expect((await get('/close', { origin })).body).toBe('closing\n')
    await kirin.line(/Worker 0 \(pid \d+\) stops: the program has closed its server/, mark)
    await kirin.line(/Worker \d is ready/, mark)
    const { pid } = JSON.parse((await get('/', { origin })).body) as { pid: number }
    expect(pid).not.toBe(before)
  })

  it('that is killed is started again on the same port', async () => {
    const { kirin, origin } = await run(['plain.cjs'])
    const mark = kirin.mark()
    process.kill(kirin.workers()[0] as number, 'SIGKILL')
    await kirin.line(/Worker 0 is ready/, mark)
    expect((await get('/', { origin })).status).toBe(200)
  })

  it('may have more than one server', async () => {
    const { kirin } = await run(['two-servers.mjs'], { workers: 2 })
    for (const name of ['shop', 'metrics']) {
      const [, port] = await kirin.line(new RegExp(`^${name} at (\\d+)`))
      for (let i = 0; i < 4; i++) {
        expect((await get('/', { origin: `http://127.0.0.1:${port}` })).body).toBe(name)
      }
    }
  })

  it('may listen on a path', async () => {
    const socketPath = join(applicationDirectory({}), 'program.sock')
    const kirin = startKirin(['run', '-w', '2', 'path.mjs'], { cwd: programs, env: { SOCKET: socketPath } })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    await kirin.line(new RegExp(`listens at ${socketPath}`))
    expect((await get('/', { socketPath })).body).toBe('by a path')
  })

  it('hears of an address that is taken as on node, and may take another', async () => {
    const blocker = createServer()
    await new Promise<void>(resolve => blocker.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as { port: number }
    try {
      const { kirin, origin } = await run(['next-port.mjs'], { env: { WANTED: String(port) } })
      expect(kirin.stdout).toContain('failed with EADDRINUSE')
      expect((await get('/', { origin })).body).toBe('here')
      const refused = await runKirin(['run', 'plain.cjs'], {
        cwd: programs,
        env: { PORT: String(port), HOST: '127.0.0.1' },
      })
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain(`plain.cjs cannot listen on 127.0.0.1:${port}: the address is already in use`)
    } finally {
      blocker.close()
    }
  })
})

describe('a framework that listens by itself', () => {
  it('Express', async () => {
    const { kirin, origin } = await run(['express.mjs'], { workers: 2 })
    const answer = await fetch(`${origin}/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":[1,2]}',
    })
    expect(await answer.json()).toEqual({ got: { a: [1, 2] }, ip: '::ffff:127.0.0.1' })
    await stop(kirin)
  })

  it('Koa', async () => {
    const { kirin, origin } = await run(['koa.mjs'])
    expect(JSON.parse((await get('/a', { origin })).body)).toEqual({ path: '/a', ip: '::ffff:127.0.0.1' })
    await stop(kirin)
  })

  it('Fastify, on every address of localhost, with its hooks at the end', async () => {
    const { kirin, origin } = await run(['fastify.mjs'], { workers: 2 })
    expect((await get('/hello/you', { origin })).body).toBe('{"name":"you"}')
    await kirin.line(/fastify listens at http/)
    await stop(kirin)
    expect(kirin.stdout.match(/fastify closed/g)).toHaveLength(2)
  })

  it('ws, on its server', async () => {
    const { kirin, origin } = await run(['websocket.mjs'])
    expect((await get('/', { origin })).body).toBe('plain')
    const socket = new WebSocket(origin.replace('http', 'ws'))
    await new Promise(resolve => socket.once('open', resolve))
    const echoed = new Promise(resolve => socket.once('message', (data: Buffer) => resolve(data.toString())))
    socket.send('hello')
    expect(await echoed).toBe('hello')
    const closed = new Promise(resolve => socket.once('close', resolve))
    socket.close()
    await closed
    await stop(kirin)
  })

  it.each([['polling'], ['websocket']])('socket.io, by %s', async transport => {
    const { origin } = await run(['socket-io.mjs'])
    const socket = io(origin, { transports: [transport], reconnection: false })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', () => resolve())
        socket.once('connect_error', reject)
      })
      expect(await socket.emitWithAck('say', 'hello')).toBe('heard hello')
    } finally {
      socket.disconnect()
    }
  })
})

describe('what cannot be run is said in one line', () => {
  it.each([
    [
      'a program that ends',
      { 'server.mjs': '' },
      'server.mjs has ended without listening: kirin run is for programs that call listen() of an HTTP server',
    ],
    [
      'https',
      { 'server.mjs': `import { createServer } from 'node:https'\ncreateServer({}).listen(0)` },
      'server.mjs listens with https: Kirin speaks TLS itself, so give it --certfile and let the program listen with http',
    ],
    [
      'http2',
      { 'server.mjs': `import { createServer } from 'node:http2'\ncreateServer({}).listen(0)` },
      'server.mjs listens with http2: Kirin speaks HTTP/2 itself, so let the program listen with http',
    ],
    [
      'cluster',
      { 'server.mjs': `import cluster from 'node:cluster'\nif (cluster.isPrimary) cluster.fork()` },
      'server.mjs forks workers by node:cluster: that is what Kirin does, so start it without and give --workers',
    ],
    [
      'a descriptor',
      { 'server.mjs': `import { createServer } from 'node:http'\ncreateServer().listen({ fd: 7 })` },
      'server.mjs listens on a descriptor or handle of its own: give it to Kirin as --bind fd://number',
    ],
    [
      'a throw at the top level',
      { 'server.mjs': `throw new Error('no database')` },
      'uncaught exception during boot: Error: no database',
    ],
  ])('%s', async (_what, files, line) => {
    const { code, stderr } = await runKirin(['run', 'server.mjs'], { cwd: applicationDirectory(files) })
    const [, ...lines] = stderr.trimEnd().split('\n')
    expect(lines).toEqual([expect.stringContaining(`[FATAL] ${line}`)])
    expect(code).toBe(line.startsWith('uncaught') ? 3 : 4)
  })

  it('a file that is not there, an export, no program at all', async () => {
    const cwd = applicationDirectory({ 'server.mjs': '' })
    const missing = await runKirin(['run', 'servre.mjs'], { cwd })
    expect(missing).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/there is no servre\.mjs.*did you mean server\.mjs/),
    })
    const exported = await runKirin(['run', 'server.mjs:app'], { cwd })
    expect(exported).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('kirin run takes a program, not an export'),
    })
    const nothing = await runKirin(['run'], { cwd })
    expect(nothing).toMatchObject({
      code: 1,
      stderr: 'kirin: run: expected a program, as in kirin run server.js\n',
    })
  })
})
