// What operators reach of a running master.
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import type { ArbiterStatus } from '../../src/arbiter/status.ts'
import { ManagementServer } from '../../src/control/management-server.ts'
import { EventCounter } from '../../src/metrics/event-counts.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, type KirinProcess, runKirin, startServing } from '../support/kirin-process.ts'

const CONTROL = ['--control-socket', 'control.sock']

async function serve(...args: readonly string[]) {
  const cwd = applicationDirectory({ 'app.mjs': HELLO })
  const serving = await startServing([...args, 'app.mjs'], { cwd })
  return { ...serving, cwd, socketPath: join(cwd, 'control.sock') }
}

async function metricsOrigin(kirin: KirinProcess): Promise<string> {
  const [, origin = ''] = await kirin.line(/Metrics at (http:\S+)/)
  return origin
}

function post(path: string, target: { socketPath: string } | { origin: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = 'origin' in target ? { port: Number(new URL(target.origin).port) } : target
    const sent = request({ ...options, path, method: 'POST', agent: false }, response => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', reject).end()
  })
}

describe('--metrics-bind', () => {
  it('has pages of its own beside the application, for readers alone', async () => {
    const { kirin, origin } = await serve('--metrics-bind', '127.0.0.1:0')
    const pages = await metricsOrigin(kirin)
    expect(pages).not.toBe(origin)
    for (let i = 0; i < 3; i++) await get('/metrics', { origin })
    const metrics = await get('/metrics', { origin: pages })
    expect(metrics.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(metrics.body).toMatch(/^kirin_ready 1$/m)
    // Workers tell of themselves once a second.
    while (!/^kirin_requests_total 3$/m.test((await get('/metrics', { origin: pages })).body));
    const answered = /^kirin_responses_total\{class="2xx"\} 3$[^]*^kirin_request_duration_seconds_count 3$/m
    while (!answered.test((await get('/metrics', { origin: pages })).body));
    expect(await get('/livez', { origin: pages })).toMatchObject({ status: 200, body: 'ok\n' })
    expect(await get('/readyz', { origin: pages })).toMatchObject({ status: 200, body: 'ready\n' })
    const status = JSON.parse((await get('/status', { origin: pages })).body) as ArbiterStatus
    expect(status).toMatchObject({ pid: kirin.pid, phase: 'serving', isReady: true, workers: [{ number: 0 }] })
    expect((await get('/nowhere', { origin: pages })).status).toBe(404)
    expect(await post('/stop', { origin: pages })).toBe(405)
    expect((await get('/', { origin })).body).toBe('hello')
  })

  it('says that no more clients are welcome as soon as a stop has been asked for, while workers still serve', async () => {
    const { kirin, origin } = await serve('--metrics-bind', '127.0.0.1:0', '--pre-stop-delay', '600')
    const pages = await metricsOrigin(kirin)
    kirin.signal('SIGTERM')
    let ready = await get('/readyz', { origin: pages })
    while (ready.status === 200) ready = await get('/readyz', { origin: pages })
    expect(ready).toMatchObject({ status: 503, body: 'not ready: announced\n' })
    expect((await get('/livez', { origin: pages })).status).toBe(200)
    expect((await get('/', { origin })).body).toBe('hello')
    kirin.signal('SIGQUIT')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('that cannot be had ends the start with one line and the exit code 2', async () => {
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { code, stderr } = await runKirin(['-b', '127.0.0.1:0', '--metrics-bind', `127.0.0.1:${port}`, 'app.mjs'], {
      cwd,
    })
    taken.close()
    expect(code).toBe(2)
    expect(stderr).toMatch(new RegExp(`--metrics-bind: cannot listen on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE`))
  })
})

describe('--control-socket', () => {
  it('is the owner’s alone, and obeys: more workers, fewer, a reload that succeeds or fails, a stop', async () => {
    const { kirin, cwd, socketPath } = await serve(...CONTROL)
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
    expect(await post('/more', { socketPath })).toBe(202)
    await kirin.line(/Number of workers is now 2/)
    await kirin.line(/Worker 1 is ready/)
    expect(await post('/fewer', { socketPath })).toBe(202)
    await kirin.line(/Number of workers is now 1/)
    expect(await post('/nonsense', { socketPath })).toBe(404)
    const command = (...words: string[]) => runKirin(['ctl', '--control-socket', 'control.sock', ...words], { cwd })
    expect(await command('reload')).toEqual({ code: 0, stdout: 'reloaded\n', stderr: '' })
    writeFileSync(join(cwd, 'app.mjs'), 'throw new Error("not today")')
    const failed = await command('reload')
    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toMatch(/^kirin ctl: the reload failed, the old workers go on: .*not today/)
    writeFileSync(join(cwd, 'kirin.config.json'), '{ "workers": "many" }')
    const refused = await command('reload')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(/^kirin ctl: the reload failed, the old workers go on: .*workers.*many/)
    rmSync(join(cwd, 'kirin.config.json'))
    await command('reload')
    expect((await command('status')).stdout).toMatch(/1 of 1 workers serve\n.*failed, older workers go on: .*not today/)
    expect(JSON.parse((await command('status', '--json')).stdout)).toMatchObject({ pid: kirin.pid, target: 1 })
    expect(await command('stop')).toEqual({ code: 0, stdout: 'stopped\n', stderr: '' })
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(await command('status')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'kirin ctl: control.sock: no server answers there\n',
    })
  })

  it('says so to who asks for a reload when a stop has been asked for', async () => {
    const { kirin, cwd } = await serve(...CONTROL, '--pre-stop-delay', '600')
    kirin.signal('SIGTERM')
    await kirin.line(/Told to stop/)
    expect(await runKirin(['ctl', '--control-socket', 'control.sock', 'reload'], { cwd })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'kirin ctl: the reload did not end: the server stops\n',
    })
    kirin.signal('SIGQUIT')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('takes no orders before anybody listens to signals', async () => {
    const path = join(applicationDirectory({}), 'control.sock')
    const managed = { status: () => undefined, events: () => new EventCounter().counts, version: '0' }
    const server = await ManagementServer.open({ address: { type: 'unix', path }, takesOrders: true, managed })
    for (const order of ['reload', 'stop', 'more']) expect(await post(`/${order}`, { socketPath: path })).toBe(503)
    server.close()
  })

  it('has to have a directory', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const args = ['-b', '127.0.0.1:0', '--control-socket', 'nowhere/control.sock', 'app.mjs']
    const { code, stderr } = await runKirin(args, { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/cannot listen on unix:nowhere\/control\.sock: its directory does not exist\n$/)
  })

  it('of a server that was killed is replaced, one that is answered on is not', async () => {
    const { kirin, cwd, socketPath } = await serve(...CONTROL)
    const second = await runKirin(['-b', '127.0.0.1:0', ...CONTROL, 'app.mjs'], { cwd })
    expect(second.code).toBe(2)
    expect(second.stderr).toMatch(/--control-socket: cannot listen on unix:control\.sock: another server answers on it/)
    kirin.signal('SIGKILL')
    await kirin.allGone()
    const third = await startServing([...CONTROL, 'app.mjs'], { cwd })
    expect((await get('/livez', { socketPath })).body).toBe('ok\n')
    expect(third.kirin.pid).not.toBe(kirin.pid)
  })
})

describe('kirin ctl', () => {
  it.each([
    [[], {}, /expected one of status, top, /],
    [['statsu'], {}, /expected one of status, top, /],
    [['status'], {}, /--control-socket PATH, or KIRIN_CONTROL_SOCKET, tells/],
    [['status', '--nonsense'], {}, /Unknown option '--nonsense'/],
    [['status'], { KIRIN_CONTROL_SOCKET: '/nowhere' }, /\/nowhere: no server answers there/],
  ])('%j with %j: one line, exit code 1', async (words, env, line) => {
    const { code, stderr } = await runKirin(['ctl', ...words], { env })
    expect(code).toBe(1)
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('finds the socket of a server that would be started there: in the configuration file, with its chdir', async () => {
    const config = JSON.stringify({
      bind: '127.0.0.1:0',
      app: 'app.mjs',
      chdir: 'inner',
      controlSocket: 'control.sock',
    })
    const cwd = applicationDirectory({ 'kirin.config.json': config, 'inner/app.mjs': HELLO, 'other/readme': '' })
    const { kirin } = await startServing([], { cwd })
    for (const [words, where] of [
      [[], cwd],
      [['--config', '../kirin.config.json'], join(cwd, 'inner')],
    ] as const) {
      const status = await runKirin(['ctl', ...words, 'status', '--json'], { cwd: where })
      if (where === cwd) expect(JSON.parse(status.stdout)).toMatchObject({ pid: kirin.pid })
      // Relative paths of a configuration file are relative to where the server is started.
      else
        expect(status).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/inner\/control\.sock: no server answers/),
        })
    }
    expect(await runKirin(['ctl', 'status'], { cwd: join(cwd, 'other') })).toMatchObject({ code: 1, stdout: '' })
    expect(await runKirin(['ctl', 'stop'], { cwd })).toEqual({ code: 0, stdout: 'stopped\n', stderr: '' })
  })

  it('tells what is wrong with the configuration file, unless it is told which socket', async () => {
    const cwd = applicationDirectory({ 'kirin.config.json': '{ "contralSocket": "control.sock" }' })
    const { code, stderr } = await runKirin(['ctl', 'status'], { cwd })
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^kirin ctl: contralSocket: .*did you mean controlSocket\?.*\nkirin ctl: a server that runs is still found by --control-socket PATH\n$/,
      ),
    ])
    expect((await runKirin(['ctl', '--control-socket', 'x', 'status'], { cwd })).stderr).toMatch(/x: no server answers/)
  })

  it('is explained with --help', async () => {
    expect(await runKirin(['ctl', '--help'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: kirin ctl/),
    })
  })
})
