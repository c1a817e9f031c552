import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, runKirin, startKirin, startServing } from '../support/kirin-process.ts'

describe('a command line that cannot work', () => {
  it('is refused with one line for each mistake, exit code 1, and nothing started', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { code, stdout, stderr } = await runKirin(['--wrokers', '-b', 'nowhere', '--pid', 'kirin.pid', 'app.mjs'], {
      cwd,
      env: { WEB_CONCURRENCY: 'many', KIRIN_CMD_ARGS: '--log-level loud' },
    })
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'kirin: --wrokers: unknown option; did you mean --workers? (command line)',
      expect.stringMatching(/^kirin: --bind: expected .*, got "nowhere" \(command line\)$/),
      'kirin: WEB_CONCURRENCY: expected a whole number from 1 to 1024, or auto, got "many" (environment)',
      expect.stringMatching(/^kirin: --log-level: expected one of .*, got "loud" \(KIRIN_CMD_ARGS\)$/),
    ])
    expect(existsSync(join(cwd, 'kirin.pid'))).toBe(false)
  })

  it.each([
    [[], /^kirin: no application given: /],
    [['--bind'], /^kirin: option '-b, --bind <address>' argument missing \(command line\)$/],
    [['app.mjs', '--chdir', 'nowhere'], /^kirin: --chdir: cannot change to \/.*\/nowhere: ENOENT/],
    [['app.mjs', '--access-logfile', 'nowhere/log'], /^kirin: --access-logfile: ENOENT/],
    [['app.mjs', '--log-file', 'nowhere/log'], /^kirin: --error-logfile: ENOENT/],
    [['app.mjs', '--pid', 'nowhere/pid'], /^kirin: --pid: cannot write nowhere\/pid: ENOENT/],
  ])('%j: one line, exit code 1', async (args, line) => {
    const { code, stderr } = await runKirin(args, { cwd: applicationDirectory({ 'app.mjs': HELLO }) })
    expect(code).toBe(1)
    expect(stderr.trimEnd()).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('is refused when KIRIN_CMD_ARGS has an open quote', async () => {
    const { code, stderr } = await runKirin(['app.mjs'], { env: { KIRIN_CMD_ARGS: `--name 'x` } })
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'kirin: KIRIN_CMD_ARGS: a quote is not closed\n' })
  })
})

describe('an address that cannot be bound', () => {
  it('is told in one line, with exit code 2, before any worker starts', async () => {
    const taken = createServer()
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { code, stderr } = await runKirin(['-b', `127.0.0.1:${port}`, '-b', '127.0.0.1:0', 'app.mjs'], { cwd })
    taken.close()
    expect(code).toBe(2)
    expect(stderr.trimEnd()).toMatch(
      new RegExp(`^\\[.*\\] \\[FATAL\\] cannot listen on 127\\.0\\.0\\.1:${port}: the address is already in use$`),
    )
  })
})

describe('kirin', () => {
  it('answers --help and --version on standard output and exits with 0', async () => {
    const help = await runKirin(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(/^Usage: kirin \[options\] app\.js\[:export\]/)
    const { code, stdout } = await runKirin(['-w', 'nonsense', '-V'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^kirin \d/) })
  })

  it('runs the command line of a Procfile, on the PORT that the host names', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const kirin = startKirin(['app.mjs', '--limit-request-line', '8188', '--log-file', '-'], {
      cwd,
      env: { PORT: '0', WEB_CONCURRENCY: '2' },
    })
    const [, port] = await kirin.line(/Listening at http:\/\/0\.0\.0\.0:(\d+)$/)
    const origin = `http://127.0.0.1:${port}`
    expect(await get(`/${'x'.repeat(8000)}`, { origin })).toMatchObject({ status: 200 })
    expect(await get(`/${'x'.repeat(8188)}`, { origin })).toMatchObject({ status: 414 })
    await kirin.line(/Kirin .* starts 2 workers/)
  })

  it('listens on several addresses, UNIX sockets among them, and removes its socket file', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin, origin } = await startServing(['-b', 'unix:kirin.sock', 'app.mjs'], { cwd })
    const socketPath = join(cwd, 'kirin.sock')
    expect((await get('/', { origin })).body).toBe('hello')
    expect((await get('/', { socketPath })).body).toBe('hello')
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(existsSync(socketPath)).toBe(false)
  })

  it('keeps its process id in a file while it runs', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin } = await startServing(['--pid', 'kirin.pid', 'app.mjs'], { cwd })
    const file = join(cwd, 'kirin.pid')
    expect(readFileSync(file, 'utf8')).toBe(`${kirin.pid}\n`)
    const second = await runKirin(['-b', '127.0.0.1:0', '--pid', 'kirin.pid', 'app.mjs'], { cwd })
    expect(second).toMatchObject({
      code: 1,
      stderr: `kirin: --pid: kirin.pid names process ${kirin.pid}, which is running\n`,
    })
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(existsSync(file)).toBe(false)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'leaves no such file when %s comes before it has begun',
    async signal => {
      const config = `export default { app: 'app.mjs', bind: 'unix:kirin.sock', pid: 'kirin.pid', controlSocket: 'control.sock',
      onStarting({ log }) {
        log.info('hook onStarting')
        return new Promise(resolve => setTimeout(resolve, 3_600_000))
      },
    }`
      const cwd = applicationDirectory({ 'app.mjs': HELLO, 'kirin.config.mjs': config })
      const kirin = startKirin([], { cwd })
      await kirin.line(/hook onStarting$/)
      expect(readFileSync(join(cwd, 'kirin.pid'), 'utf8')).toBe(`${kirin.pid}\n`)
      kirin.signal(signal)
      expect(await kirin.exited()).toEqual({ code: 0, signal: null })
      expect(readdirSync(cwd).toSorted()).toEqual(['app.mjs', 'kirin.config.mjs'])
      expect(kirin.stderr).toMatch(/Told to stop before it has begun$/m)
    },
  )

  it('takes up HUP and the like that come before it has begun when it has', async () => {
    const config = `import { existsSync } from 'node:fs'
      export default { app: 'app.mjs', bind: 'unix:kirin.sock', workers: 2,
        async onStarting({ log }) {
          log.info('hook onStarting')
          while (!existsSync('go-on')) await new Promise(resolve => setImmediate(resolve))
        },
      }`
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'kirin.config.mjs': config })
    const kirin = startKirin([], { cwd })
    await kirin.line(/hook onStarting$/)
    for (const signal of ['SIGTTIN', 'SIGUSR2', 'SIGHUP'] as const) kirin.signal(signal)
    writeFileSync(join(cwd, 'go-on'), '')
    await kirin.line(/Number of workers is now 3$/)
    await kirin.line(/Reloaded: 3 workers ready$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).not.toMatch(/Upgrading/)
  })

  it('keeps HUP and the like that come while its configuration is read; a stop ends it at once then', async () => {
    const config = `import { existsSync } from 'node:fs'
      console.log('reading')
      while (!existsSync('go-on')) await new Promise(resolve => setImmediate(resolve))
      export default { app: 'app.mjs', bind: 'unix:kirin.sock', workers: 2, pid: 'kirin.pid' }`
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'kirin.config.mjs': config })
    const stopped = startKirin([], { cwd })
    await stopped.line(/^reading$/)
    stopped.signal('SIGTERM')
    expect(await stopped.exited()).toEqual({ code: null, signal: 'SIGTERM' })
    expect(readdirSync(cwd).toSorted()).toEqual(['app.mjs', 'kirin.config.mjs'])
    const kirin = startKirin([], { cwd })
    await kirin.line(/^reading$/)
    for (const signal of ['SIGTTIN', 'SIGTTIN', 'SIGTTOU', 'SIGUSR2', 'SIGWINCH', 'SIGHUP'] as const)
      kirin.signal(signal)
    writeFileSync(join(cwd, 'go-on'), '')
    await kirin.line(/Reloaded: \d workers ready$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    // Of two that came before the first was heard the system may have made one.
    expect(kirin.stderr).toMatch(/Number of workers is now [23]$/m)
    expect(kirin.stderr).not.toMatch(/Upgrading/)
  })

  it('keeps HUP from its own first line on, and so do its workers', async () => {
    // Behind what the entry does before it loads anything.
    const probe = `process.once('newListener', () => queueMicrotask(() => process.kill(process.pid, 'SIGHUP')))`
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'probe.mjs': probe })
    const { kirin } = await startServing(['app.mjs'], { cwd, env: { NODE_OPTIONS: '--import=./probe.mjs' } })
    await kirin.line(/Reloaded: 1 worker ready$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).not.toMatch(/SIGHUP/)
  })

  it.each([
    ['--check-config', 'SIGHUP'],
    ['--print-config', 'SIGUSR2'],
  ] as const)('that ends without serving (%s) ends at %s', async (flag, signal) => {
    const config = `import { existsSync } from 'node:fs'
        console.log('reading')
        while (!existsSync('go-on')) await new Promise(resolve => setImmediate(resolve))
        export default { app: 'app.mjs' }`
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'kirin.config.mjs': config })
    const kirin = startKirin([flag], { cwd })
    await kirin.line(/^reading$/)
    kirin.signal(signal)
    writeFileSync(join(cwd, 'go-on'), '')
    expect(await kirin.exited()).toEqual({ code: null, signal })
  })

  it('changes to the directory it is told first: every other path is relative to it', async () => {
    const cwd = applicationDirectory({ 'inner/app.mjs': HELLO })
    const { kirin } = await startServing(['--chdir', 'inner', '--log-file', '-', '--access-logfile', 'log', 'app'], {
      cwd,
    })
    expect(existsSync(join(cwd, 'inner/log'))).toBe(true)
    kirin.signal('SIGTERM')
    await kirin.exited()
  })

  it('writes JSON lines when told to', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const kirin = startKirin(['-b', '127.0.0.1:0', '--log-format', 'json', '--access-logfile', '-', 'app.mjs'], { cwd })
    const [, origin = ''] = await kirin.line(/"msg":"Listening at (http:[^"]+)"/)
    await get('/a?b', { origin, headers: { 'user-agent': 'test "1"' } })
    const [line = ''] = await kirin.line(/^\{.*"method".*\}$/)
    expect(JSON.parse(line)).toMatchObject({
      worker: 0,
      remote: '127.0.0.1',
      method: 'GET',
      target: '/a?b',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 5,
      userAgent: 'test "1"',
    })
    for (const text of kirin.stderr.trimEnd().split('\n')) expect(JSON.parse(text)).toMatchObject({ level: 'info' })
  })
})
