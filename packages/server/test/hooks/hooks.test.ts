import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, runKirin, startKirin } from '../support/kirin-process.ts'

const APP = `const app = () => ({ status: 200, body: 'hello' })
app.startup = ({ log }) => log.info('app startup')
app.shutdown = ({ log }) => log.info('app shutdown')
export default app
`

/** Each hook says its name, and what it was told. */
const TELLING = `const told = value => typeof value === 'object' ? JSON.stringify(value, (key, inner) => typeof inner === 'number' && key !== 'code' && key !== 'status' && key !== 'worker' && key !== 'bytes' ? '#' : inner) : value
const names = ['onStarting', 'onReload', 'whenReady', 'preFork', 'childExit', 'nworkersChanged', 'onStopping', 'onExit',
  'postFork', 'postWorkerInit', 'workerReady', 'workerInt', 'workerExit']
const hook = name => [name, (subject, ...values) => subject.log.info(['hook', name, ...values.map(told)].join(' '))]
export default {
  app: 'app.mjs',
  bind: '127.0.0.1:0',
  ...Object.fromEntries(names.map(hook)),
  preRequest: ({ log }, request) => log.info('hook preRequest ' + request.path),
  postRequest: ({ log }, request, { status, bytes }) => log.info('hook postRequest ' + request.path + ' ' + status + ' ' + bytes),
}
`

const project = (config: string) => applicationDirectory({ 'app.mjs': APP, 'kirin.config.mjs': config })

/** What each process said, in its order: the processes do not wait for each other. */
function saidByEach(stderr: string): readonly (readonly string[])[] {
  const byPid = new Map<string, string[]>()
  for (const [, pid = '', line = ''] of stderr.matchAll(/\[(\d+)\] \[INFO\] ((?:hook|app) .*)$/gm)) {
    byPid.set(pid, [...(byPid.get(pid) ?? []), line])
  }
  return [...byPid.values()]
}

describe('hooks', () => {
  it('are called at each turn, in the order that docs/hooks.md gives', async () => {
    const kirin = startKirin([], { cwd: project(TELLING) })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)$/)
    await get('/a', { origin })
    await kirin.line(/hook postRequest \/a 200 5$/)
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded/)
    await kirin.line(/hook childExit/)
    kirin.signal('SIGQUIT')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()

    const boot = ['hook postFork', 'app startup', 'hook postWorkerInit', 'hook workerReady']
    const end = ['app shutdown', 'hook workerExit']
    expect(saidByEach(kirin.stderr)).toEqual([
      [
        'hook onStarting',
        'hook nworkersChanged 1 null',
        'hook preFork {"worker":0}',
        'hook whenReady',
        'hook onReload',
        'hook preFork {"worker":1}',
        'hook childExit {"worker":0,"pid":"#"} {"code":0,"signal":null}',
        'hook onStopping',
        'hook childExit {"worker":1,"pid":"#"} {"code":0,"signal":null}',
        'hook onExit 0',
      ],
      [...boot, 'hook preRequest /a', 'hook postRequest /a 200 5', ...end],
      [...boot, 'hook workerInt', ...end],
    ])
  })

  it.each([
    ['onStarting', 1, /\[FATAL\] the hook onStarting failed: Error: no way \(.*kirin\.config\.mjs:\d+:\d+\)$/m],
    ['preFork', 3, /\[FATAL\].* the hook preFork failed: Error: no way/m],
    ['postFork', 3, /\[FATAL\].* the hook postFork failed: Error: no way/m],
    ['postWorkerInit', 3, /\[FATAL\].* the hook postWorkerInit failed: Error: no way/m],
  ])('%s that throws before anything is served ends the start with %i', async (name, code, line) => {
    const config = `export default { app: 'app.mjs', bind: '127.0.0.1:0', ${name}() { throw new Error('no way') } }`
    const ended = await runKirin([], { cwd: project(config) })
    expect(ended.code).toBe(code)
    expect(ended.stderr).toMatch(line)
    expect(ended.stderr).not.toMatch(/Listening/)
  })

  it('that a worker waits for when it is told to stop are the last of its boot: it serves nobody, and shuts down', async () => {
    const waits = `({ log }) => { log.info('hook waits'); return new Promise(resolve => process.once('SIGTERM', resolve)) }`
    const config = `export default { app: 'app.mjs', bind: '127.0.0.1:0', postWorkerInit: ${waits} }`
    const kirin = startKirin([], { cwd: project(config) })
    await kirin.line(/hook waits$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(saidByEach(kirin.stderr)).toEqual([['app startup', 'hook waits', 'app shutdown']])
    expect(kirin.stderr).toMatch(/Stopped: 1 worker ended within .* 0 of them killed$/m)
  })

  it('see a worker off that is told to stop while it begins to listen', async () => {
    const stops = `() => void process.nextTick(() => process.emit('SIGTERM'))`
    const config = `export default { app: 'app.mjs', bind: '127.0.0.1:0', postWorkerInit: ${stops},
      workerExit: ({ log }) => log.info('hook workerExit') }`
    const { stderr } = await runKirin([], { cwd: project(config) })
    expect(saidByEach(stderr)).toEqual([['app startup', 'app shutdown', 'hook workerExit']])
    expect(stderr).toMatch(/exited with code 0 before it was ready/)
  })

  it('that throw later are logged by name, and nothing stops', async () => {
    const throws = `() => { throw new Error('no way') }`
    const names = [
      'whenReady',
      'workerReady',
      'preRequest',
      'postRequest',
      'workerExit',
      'childExit',
      'onStopping',
      'onExit',
    ]
    const config = `export default { app: 'app.mjs', bind: '127.0.0.1:0', ${names.map(name => `${name}: ${throws}`).join(', ')} }`
    const kirin = startKirin([], { cwd: project(config) })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)$/)
    expect(await get('/', { origin })).toMatchObject({ status: 200, body: 'hello' })
    await kirin.line(/the hook postRequest failed/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    for (const name of names)
      expect(kirin.stderr).toMatch(new RegExp(`\\[ERROR\\] the hook ${name} failed: Error: no way`))
  })

  it('that come before an upgrade are waited for, and no new master is started when a stop was asked for meanwhile', async () => {
    const config = `import { existsSync } from 'node:fs'
    export default { app: 'app.mjs', bind: '127.0.0.1:0', preStopDelay: 600,
      async preExec({ log }) {
        log.info('hook preExec')
        while (!existsSync('go-on')) await new Promise(resolve => setImmediate(resolve))
      },
    }`
    const cwd = project(config)
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    kirin.signal('SIGUSR2')
    await kirin.line(/hook preExec$/)
    kirin.signal('SIGUSR2')
    await kirin.line(/USR2 ignored: an upgrade has begun already, and waits for the hook preExec$/)
    kirin.signal('SIGTERM')
    await kirin.line(/Told to stop/)
    writeFileSync(join(cwd, 'go-on'), '')
    await kirin.line(/No new master is started: this one was told to stop meanwhile$/)
    kirin.signal('SIGQUIT')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(kirin.stderr).not.toMatch(/Upgrading/)
  })

  it('tell of a worker that stands still, with the place, and may call an upgrade off', async () => {
    const config = `export default { app: 'blocked.mjs', bind: '127.0.0.1:0', timeout: 1,
      workerAbort({ log }, { worker, pid }, stack) { log.info({ worker, isPid: pid > 0 }, 'hook workerAbort ' + /spin.*blocked.mjs:1/.test(stack)) },
      async preExec() { throw new Error('not today') },
    }`
    const code = 'const spin = () => { for (;;); }\nexport default () => spin()\n'
    const cwd = applicationDirectory({ 'blocked.mjs': code, 'kirin.config.mjs': config })
    const kirin = startKirin([], { cwd })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)$/)
    kirin.signal('SIGUSR2')
    await kirin.line(/\[ERROR\] the hook preExec failed: Error: not today/)
    await kirin.line(/Upgrade failed, this master and its workers go on: the new master was not started/)
    await expect(get('/', { origin })).rejects.toThrow()
    await kirin.line(/hook workerAbort true worker=0 isPid=true$/)
    kirin.signal('SIGQUIT')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
