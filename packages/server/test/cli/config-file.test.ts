import { existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, runKirin, startKirin, startServing } from '../support/kirin-process.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

const TYPESCRIPT = `import { defineConfig } from '@nsgi/server'
const workers: number = 2
export default defineConfig(async () => ({ app: 'app.mjs', bind: '127.0.0.1:0', workers }))
`

/** A project with this package and jiti in its node_modules. */
function project(files: Readonly<Record<string, string>>): string {
  const cwd = applicationDirectory({ 'app.mjs': HELLO, 'node_modules/@nsgi/.keep': '', ...files })
  symlinkSync(fileURLToPath(new URL('../..', import.meta.url)), join(cwd, 'node_modules/@nsgi/server'))
  symlinkSync(join(modules, 'jiti'), join(cwd, 'node_modules/jiti'))
  return cwd
}

describe('a configuration file', () => {
  it('in TypeScript is enough to start from', async () => {
    const kirin = startKirin([], { cwd: project({ 'kirin.config.ts': TYPESCRIPT }) })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)$/)
    expect((await get('/', { origin })).body).toBe('hello')
    await kirin.line(/starts 2 workers for app\.mjs$/)
  })

  it('in TypeScript may have what only a compiler understands, where jiti is installed', async () => {
    const text = 'enum Size { Small = 3 }\nexport default { app: "app.mjs", workers: Size.Small }\n'
    const { code, stdout, stderr } = await runKirin(['--print-config-json'], {
      cwd: project({ 'kirin.config.ts': text }),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ workers: { value: 3, source: 'workers (kirin.config.ts)' } })
  })

  it('comes between the environment and KIRIN_CMD_ARGS; each value knows where it came from', async () => {
    const cwd = project({ 'kirin.config.json': '{ "workers": 2, "backlog": 2, "keepAlive": 2, "umask": "22" }' })
    const { stdout } = await runKirin(['--print-config-json', '--keep-alive', '4', 'app.mjs'], {
      cwd,
      env: {
        KIRIN_BACKLOG: '1',
        WEB_CONCURRENCY: '1',
        KIRIN_LIMIT_REQUEST_LINE: '100',
        KIRIN_CMD_ARGS: '--backlog 3 --keep-alive 3',
      },
    })
    expect(JSON.parse(stdout)).toMatchObject({
      app: { value: 'app.mjs', source: 'app (command line)' },
      bind: { value: ['127.0.0.1:8000'], source: 'default' },
      limitRequestLine: { value: 100, source: 'KIRIN_LIMIT_REQUEST_LINE (environment)' },
      workers: { value: 2, source: 'workers (kirin.config.json)' },
      backlog: { value: 3, source: '--backlog (KIRIN_CMD_ARGS)' },
      keepAlive: { value: 4, source: '--keep-alive (command line)' },
      umask: { value: '022', source: 'umask (kirin.config.json)' },
    })
  })

  it('shows itself for people', async () => {
    const { stdout } = await runKirin(['--print-config', '-w', '3', 'app.mjs'], { cwd: project({}) })
    expect(stdout).toMatch(/^workers +3 +--workers \(command line\)$/m)
    expect(stdout).toMatch(/^bind +127\.0\.0\.1:8000 +default$/m)
    expect(stdout).toMatch(/^chdir +none +default$/m)
  })

  it.each([
    ['app.mjs', 0, /^kirin: the settings are valid, and app\.mjs can be loaded$/],
    ['run app.mjs', 0, /^kirin: the settings are valid, and app\.mjs can be loaded$/],
    ['broken.mjs', 4, /^kirin: broken\.mjs threw while it was loaded: Error: no database/],
    ['run unfinished.mjs', 4, /^kirin: .*unfinished\.mjs cannot be parsed$/],
    ['nowhere.mjs', 4, /^kirin: cannot find the application nowhere\.mjs: /],
    ['exits.mjs', 4, /^kirin: exits\.mjs ended the process while it was loaded$/],
    ['hangs.mjs --boot-timeout 1', 3, /^kirin: hangs\.mjs was not loaded within 1 s \(--boot-timeout\)$/],
    ['app.mjs --certfile nowhere.pem', 1, /^kirin: --certfile: .*nowhere\.pem/],
  ])('--check-config %s: exit code %i, and why', async (words, exitCode, line) => {
    const cwd = applicationDirectory({
      'app.mjs': `${HELLO}setInterval(() => {}, 1000)\n`,
      'broken.mjs': `throw new Error('no database')\n`,
      'unfinished.mjs': 'export default {\n',
      'exits.mjs': 'process.exit(0)\n',
      'hangs.mjs': 'setInterval(() => {}, 1000)\nawait new Promise(() => {})\n',
    })
    const { code, stdout, stderr } = await runKirin(['--check-config', ...words.split(' ')], { cwd })
    expect({ code, line: (code === 0 ? stdout : stderr).trimEnd() }).toEqual({
      code: exitCode,
      line: expect.stringMatching(line),
    })
  })

  it('--preload-app tells once what is wrong with the application, before anything is bound', async () => {
    const code = `console.log('loading'); throw new Error('no database')\n`
    const cwd = applicationDirectory({ 'app.mjs': code })
    const {
      code: exitCode,
      stdout,
      stderr,
    } = await runKirin(['--preload', '-w', '3', '-b', 'unix:kirin.sock', 'app.mjs'], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: 'loading\n' })
    expect(stderr).toMatch(/^\[.*\] \[FATAL\] app\.mjs threw while it was loaded: Error: no database .*\n$/)
  })

  it.each([
    [
      ['--preload-app', '-b', 'unix:kirin.sock', 'app.mjs'],
      3,
      /FATAL\] the process that loads it could not be started: .*E2BIG/,
    ],
    [['--check-config', 'app.mjs'], 3, /^kirin: the process that loads it could not be started: .*E2BIG/],
    [['--check-config', 'run', 'app.mjs'], 3, /^kirin: the process that parses it could not be started: .*E2BIG/],
  ])('%j says so when the system starts no process for that', async (words, code, line) => {
    const config = `export default { rawEnv: ['BIG=' + 'x'.repeat(1 << 20)] }`
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'kirin.config.mjs': config })
    const ended = await runKirin(words, { cwd })
    expect(ended.code).toBe(code)
    expect(
      ended.stderr
        .trimEnd()
        .split('\n')
        .filter(text => !text.includes('INFO')),
    ).toEqual([expect.stringMatching(line)])
  })

  it('--preload-app loads it in a process of its own, and leaves nothing behind', async () => {
    const cwd = applicationDirectory({ 'app.mjs': `console.log('loaded by', process.title)\n${HELLO}` })
    const { kirin, origin } = await startServing(['--preload-app', 'app.mjs'], { cwd, env: { TMPDIR: cwd } })
    expect((await get('/', { origin })).body).toBe('hello')
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(kirin.stdout.split('\n')).toEqual([
      expect.stringMatching(/^loaded by/),
      expect.stringMatching(/^loaded by/),
      '',
    ])
    expect(readdirSync(cwd)).toEqual(['app.mjs'])
  })

  it('--preload-app ends the process that loads it when a stop comes meanwhile, and leaves nothing behind', async () => {
    const code = `console.log('loading'); await new Promise(resolve => setTimeout(resolve, 3_600_000))\n`
    const cwd = applicationDirectory({ 'app.mjs': code })
    const kirin = startKirin(['--preload-app', '-b', 'unix:kirin.sock', 'app.mjs'], { cwd, env: { TMPDIR: cwd } })
    await kirin.line(/^loading$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    // That process has the same output.
    await kirin.allGone()
    expect(readdirSync(cwd)).toEqual(['app.mjs'])
    expect(kirin.stderr).not.toMatch(/FATAL/)
  })

  it('is told of with every other mistake at once, and nothing is started', async () => {
    const text = 'export default { wrokers: 1, backlog: "many", onStarting: 7, on_exit() {} }'
    const cwd = applicationDirectory({ 'etc/production.mjs': text })
    const { code, stderr } = await runKirin(['-c', 'etc/production.mjs', '--umask', '9', 'app.mjs'], {
      cwd,
      env: { KIRIN_WORKERS: 'no' },
    })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      expect.stringMatching(/^kirin: --umask: expected .* \(command line\)$/),
      expect.stringMatching(/^kirin: KIRIN_WORKERS: expected .* \(environment\)$/),
      expect.stringMatching(/^kirin: backlog: expected .*, got the text "many" \(etc\/production\.mjs\)$/),
      'kirin: onStarting: expected a function, got number (etc/production.mjs)',
      'kirin: on_exit: unknown setting; did you mean onExit? (etc/production.mjs)',
      'kirin: wrokers: unknown setting; did you mean workers? (etc/production.mjs)',
    ])
  })

  it('may lead to another directory, and its own paths are relative to that', async () => {
    const cwd = applicationDirectory({
      'kirin.config.json': '{ "chdir": "current", "app": "app", "bind": "127.0.0.1:0", "accessLogfile": "log" }',
      'current/app.mjs': HELLO,
    })
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at/)
    expect(existsSync(join(cwd, 'current/log'))).toBe(true)
  })
})
