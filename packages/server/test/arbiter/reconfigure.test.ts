// A configuration that is read again at HUP, with real processes.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startKirin, titleOf } from '../support/kirin-process.ts'

const version = (name: string): string => `export default () => ({ status: 200, body: '${name}' })\n`

/** Serves, until it is asked for `/`: then it breaks. */
const DIES_OF_REQUESTS = `export default () => {
  setImmediate(() => { throw new Error('broken on purpose') })
  return new Promise(() => {})
}\n`

/** A kirin with a configuration file, on a UNIX socket. */
async function serve(config: object, files: Readonly<Record<string, string>> = {}) {
  const cwd = applicationDirectory({ 'app.mjs': version('one'), ...files })
  const configure = (next: object | string): void => {
    writeFileSync(join(cwd, 'kirin.config.json'), typeof next === 'string' ? next : JSON.stringify(next))
  }
  configure({ app: 'app.mjs', bind: ['unix:a.sock'], logLevel: 'debug', ...config })
  const kirin = startKirin([], { cwd })
  await kirin.line(/Listening at unix:a.sock/)
  const reload = async (line: RegExp) => {
    const mark = kirin.mark()
    kirin.signal('SIGHUP')
    await kirin.line(line, mark)
    return mark
  }
  return {
    kirin,
    configure,
    reload,
    deploy: (source: string) => writeFileSync(join(cwd, 'app.mjs'), source),
    has: (file: string) => existsSync(join(cwd, file)),
    at: (socket: string) => get('/', { socketPath: join(cwd, socket) }),
  }
}

describe('HUP', () => {
  it('takes over what the configuration file says now: number, names, addresses', async () => {
    const { kirin, configure, reload, has, at } = await serve({ workers: 1 })
    configure({ app: 'app.mjs', bind: ['unix:b.sock'], workers: 2, name: 'shop', logLevel: 'debug' })
    const mark = await reload(/Reloaded: 2 workers ready/)
    expect(kirin.stderr).toMatch(/New workers listen at unix:b\.sock, instead of unix:a\.sock/)
    expect((await at('b.sock')).body).toBe('one')
    await kirin.line(/exited with code 0/, mark)
    expect([has('a.sock'), has('b.sock')]).toEqual([false, true])
    expect(kirin.workers().map(titleOf)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^kirin: worker \d \[shop\]$/)]),
    )
    expect(kirin.workers()).toHaveLength(2)
  })

  it('is refused whole for a configuration that is wrong, and tried again at the next', async () => {
    const { kirin, configure, reload, at } = await serve({ workers: 1 })
    const before = kirin.workers()
    configure({ app: 'app.mjs', bind: ['unix:a.sock'], workers: 'many', keepalive: 2 })
    await reload(
      /ERROR\] Reload refused, the old configuration and 1 worker go on: .*workers.*many.*keepalive|Reload refused.*keepalive.*workers/,
    )
    configure('{ this is no JSON')
    await reload(/ERROR\] Reload refused, the old configuration and 1 worker go on: .*kirin\.config\.json/)
    expect(kirin.workers()).toEqual(before)
    expect((await at('a.sock')).body).toBe('one')
    configure({ app: 'app.mjs', bind: ['unix:a.sock'], workers: 1 })
    await reload(/Reloaded: 1 worker ready/)
    expect((await at('a.sock')).body).toBe('one')
  })

  it('is refused when an address cannot be bound, with all others left alone', async () => {
    const { configure, reload, has, at } = await serve({ workers: 1 })
    configure({ app: 'app.mjs', bind: ['unix:a.sock', 'unix:b.sock', 'unix:nowhere/c.sock'] })
    await reload(/Reload refused, .*: cannot listen on unix:nowhere\/c\.sock: its directory does not exist/)
    expect([has('a.sock'), has('b.sock')]).toEqual([true, false])
    expect((await at('a.sock')).body).toBe('one')
  })

  it('goes back to the old configuration when the new workers do not boot', async () => {
    const { kirin, configure, deploy, reload, has, at } = await serve({ workers: 1 })
    deploy(`throw new Error('broken on purpose')\n`)
    configure({ app: 'app.mjs', bind: ['unix:a.sock', 'unix:b.sock'], workers: 3, logLevel: 'debug' })
    const mark = await reload(/Reload failed, the old workers go on \(1\)/)
    expect((await at('a.sock')).body).toBe('one')
    // The line in the log comes first.
    while (has('b.sock')) await new Promise(resolve => setImmediate(resolve))
    // Also before those that failed have ended.
    while (kirin.workers().length > 1) await new Promise(resolve => setImmediate(resolve))
    deploy(version('two'))
    const [old = 0] = kirin.workers()
    process.kill(old, 'SIGKILL')
    await kirin.line(/Worker \d is ready/, mark)
    expect((await at('a.sock')).body).toBe('two')
    expect(kirin.workers()).toHaveLength(1)
  })

  it('is refused by workers that cannot open their log, which tell the setting and are gone at once', async () => {
    const config = (more: string): string =>
      `export default { app: 'app.mjs', bind: ['unix:a.sock'], ${more}
        childExit: (server, worker, { code, signal }) => server.log.info('gone with ' + code + ', ' + signal) }`
    const cwd = applicationDirectory({ 'app.mjs': version('one'), 'kirin.config.mjs': config('') })
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    writeFileSync(join(cwd, 'kirin.config.mjs'), config(`accessLogfile: 'nowhere/b.log',`))
    kirin.signal('SIGHUP')
    await kirin.line(/Reload failed, the old workers go on \(1\): --access-logfile: ENOENT.*nowhere\/b\.log/)
    expect(kirin.stderr).toMatch(/gone with 3, null/)
  })

  it('does not use a configuration that another HUP came after while it was read', async () => {
    const slow = `
      import { existsSync, writeFileSync } from 'node:fs'
      writeFileSync('reading', '')
      while (!existsSync('go-on')) await new Promise(resolve => setImmediate(resolve))
      export default { app: 'other.mjs', bind: ['unix:b.sock'] }`
    const cwd = applicationDirectory({ 'app.mjs': version('one'), 'other.mjs': version('two') })
    const configure = (text: string): void => writeFileSync(join(cwd, 'kirin.config.mjs'), text)
    configure(`export default { app: 'app.mjs', bind: ['unix:a.sock'] }`)
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    configure(slow)
    kirin.signal('SIGHUP')
    while (!existsSync(join(cwd, 'reading'))) await new Promise(resolve => setImmediate(resolve))
    kirin.signal('SIGHUP')
    // Signals are heard in order.
    kirin.signal('SIGUSR1')
    await kirin.line(/Reopening/i)
    configure('this is no JavaScript')
    writeFileSync(join(cwd, 'go-on'), '')
    const mark = kirin.mark()
    await kirin.line(/Reload refused/)
    expect(kirin.stderr).not.toMatch(/New workers listen/)
    expect(existsSync(join(cwd, 'b.sock'))).toBe(false)
    const [worker = 0] = kirin.workers()
    process.kill(worker, 'SIGKILL')
    await kirin.line(/Worker \d is ready/, mark)
    expect((await get('/', { socketPath: join(cwd, 'a.sock') })).body).toBe('one')
  })

  it('makes nothing of what a reload had that failed while the configuration was read', async () => {
    const waitFor = (file: string): string =>
      `import { existsSync, writeFileSync } from 'node:fs'
      writeFileSync('waiting-for-${file}', '')
      while (!existsSync('${file}')) await new Promise(resolve => setImmediate(resolve))\n`
    const cwd = applicationDirectory({
      'app.mjs': version('one'),
      'broken.mjs': `${waitFor('failure')}throw new Error('not today')`,
      'other.mjs': version('two'),
    })
    const at = (file: string) => get('/', { socketPath: join(cwd, file) })
    const configure = (text: string): void => writeFileSync(join(cwd, 'kirin.config.mjs'), text)
    const waits = async (file: string): Promise<void> => {
      while (!existsSync(join(cwd, `waiting-for-${file}`))) await new Promise(resolve => setImmediate(resolve))
    }
    configure(`export default { app: 'app.mjs', bind: ['unix:a.sock'] }`)
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    configure(`export default { app: 'broken.mjs', bind: ['unix:a.sock', 'unix:b.sock'] }`)
    kirin.signal('SIGHUP')
    await waits('failure')
    configure(`${waitFor('go-on')}export default { app: 'other.mjs', bind: ['unix:a.sock', 'unix:b.sock'] }`)
    kirin.signal('SIGHUP')
    await waits('go-on')
    writeFileSync(join(cwd, 'failure'), '')
    await kirin.line(/Reload failed/)
    writeFileSync(join(cwd, 'go-on'), '')
    await kirin.line(/Reloaded: 1 worker ready|failed to boot|Reload failed(?!.*not today)/)
    expect((await at('b.sock')).body).toBe('two')
    expect((await at('a.sock')).body).toBe('two')
  })

  it('takes back an address that a reload under way gives up', async () => {
    const cwd = applicationDirectory({
      'app.mjs': version('one'),
      'slow.mjs': `import { existsSync, writeFileSync } from 'node:fs'
        writeFileSync('loading', '')
        while (!existsSync('failure')) await new Promise(resolve => setImmediate(resolve))
        throw new Error('not today')`,
    })
    const configure = (config: object): void =>
      writeFileSync(join(cwd, 'kirin.config.json'), JSON.stringify({ workers: 1, ...config }))
    configure({ app: 'app.mjs', bind: ['unix:a.sock'] })
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    configure({ app: 'slow.mjs', bind: ['unix:b.sock'] })
    kirin.signal('SIGHUP')
    while (!existsSync(join(cwd, 'loading'))) await new Promise(resolve => setImmediate(resolve))
    configure({ app: 'app.mjs', bind: ['unix:a.sock'] })
    kirin.signal('SIGHUP')
    await kirin.line(/listen at unix:a\.sock, instead of|Reload refused/)
    writeFileSync(join(cwd, 'failure'), '')
    await kirin.line(/Reloaded: 1 worker ready|Reload refused/)
    expect(kirin.stderr).not.toMatch(/Reload refused/)
    expect((await get('/', { socketPath: join(cwd, 'a.sock') })).body).toBe('one')
    expect(existsSync(join(cwd, 'b.sock'))).toBe(false)
  })

  it('may have the master log more, or less', async () => {
    const { kirin, configure, reload } = await serve({ workers: 1, logLevel: 'info' })
    expect(kirin.stderr).not.toMatch(/is booting/)
    configure({ app: 'app.mjs', bind: ['unix:a.sock'], logLevel: 'debug' })
    await reload(/Reloaded: 1 worker ready/)
    expect(kirin.stderr).toMatch(/DEBUG\] Worker 1 is booting/)
  })

  it('leaves the levels of a file for --log-config as they are', async () => {
    const { kirin, reload, configure } = await serve(
      { workers: 1, logLevel: 'info', logConfig: 'log.json' },
      {
        'log.json': JSON.stringify({ error: [{ file: '-', level: 'debug' }] }),
      },
    )
    configure({ app: 'app.mjs', bind: ['unix:a.sock'], logLevel: 'warning', logConfig: 'log.json' })
    await reload(/Reloaded: 1 worker ready/)
    expect(kirin.stderr).toMatch(/DEBUG\] Worker 1 is booting/)
  })

  it('names the settings that it leaves as they are', async () => {
    const { configure, reload, has } = await serve({ workers: 1 })
    configure({
      app: 'app.mjs',
      bind: ['unix:a.sock'],
      logLevel: 'debug',
      controlSocket: 'control.sock',
      statsdHost: '127.0.0.1:1',
      syslog: true,
      reload: true,
    })
    await reload(
      /Changed settings that count only from the next start or upgrade \(USR2\) on: --log-syslog, --statsd-host, --control-socket, --reload$/,
    )
    await reload(/Reloaded: 1 worker ready/)
    expect(has('control.sock')).toBe(false)
  })

  it('does not roll out a version that dies at its first requests', async () => {
    const { kirin, deploy, reload, at } = await serve({ workers: 1, healthWindow: 60, gracefulTimeout: 1 })
    deploy(DIES_OF_REQUESTS)
    const mark = await reload(/Worker 1 is ready/)
    let isFailed = false
    const failed = kirin.line(
      /Reload failed, the old workers go on \(1\): a new worker stopped after an uncaught exception soon after it was ready/,
      mark,
    )
    void failed.then(() => (isFailed = true))
    // Both share the socket: sooner or later the new one is asked.
    while (!isFailed) await at('a.sock').catch(() => undefined)
    await failed
    expect((await at('a.sock').catch(() => at('a.sock'))).body).toBe('one')
  })
})
