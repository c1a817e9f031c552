// --log-config and --logger-class, from the command line to what stands in the files.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, runKirin, startKirin, startServing } from '../support/kirin-process.ts'

const APP = `export default (request, { log }) => {
  log.warn({ path: request.path }, 'asked')
  return { status: 200, body: 'hello' }
}
`
const lines = (...path: readonly string[]) =>
  readFileSync(join(...path), 'utf8')
    .trimEnd()
    .split('\n')

describe('--log-config', () => {
  it('gives each log its destinations, each with a level and a form of its own', async () => {
    const logs = {
      error: [
        { file: '-' },
        { file: 'all.json', level: 'debug', format: 'json' },
        { file: 'warnings', level: 'warning' },
        { file: 'errors', level: 'error' },
      ],
      access: [
        { file: 'access', line: '%(m)s %(U)s %(s)s' },
        { file: 'access.json', format: 'json' },
      ],
    }
    const cwd = applicationDirectory({ 'app.mjs': APP, 'etc/logs.json': JSON.stringify(logs) })
    const { kirin, origin } = await startServing(
      ['--log-config', 'etc/logs.json', '--access-logfile', 'unused', 'app.mjs'],
      { cwd },
    )
    await fetch(`${origin}/a?b`, { headers: { 'user-agent': 'a\u009bb' } })
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(kirin.stderr).toMatch(/\[INFO\] Listening/)
    expect(kirin.stderr).not.toMatch(/\[DEBUG\]/)
    expect(lines(cwd, 'errors')).toEqual([''])
    expect(existsSync(join(cwd, 'unused'))).toBe(false)
    expect(lines(cwd, 'access')).toEqual(['GET /a 200'])
    expect(lines(cwd, 'access.json').join()).not.toMatch(/\p{Cc}/u)
    expect(JSON.parse(lines(cwd, 'access.json').join())).toMatchObject({
      target: '/a?b',
      userAgent: 'a\u009bb',
      scheme: 'http',
    })
    expect(lines(cwd, 'warnings').join()).toMatch(/^\[.*\] \[WARN\] asked path="\/a"$/)
    expect(lines(cwd, 'all.json').map(line => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ level: 'warn', msg: 'asked', path: '/a' }),
    )
  })

  it('is told of with everything else that is wrong, and nothing is started', async () => {
    const cwd = applicationDirectory({
      'app.mjs': APP,
      'logs.json': '{ "error": [{ "file": "-", "level": "loud" }], "acess": [] }',
    })
    const { code, stderr } = await runKirin(['--log-config', 'logs.json', 'app.mjs'], { cwd })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toEqual([
      'kirin: --log-config: logs.json: error.0.level: expected one of debug, info, warning, error, critical',
      expect.stringMatching(/^kirin: --log-config: logs\.json: acess: /),
    ])
    const missing = await runKirin(['--log-config', 'nowhere.json', 'app.mjs'], { cwd })
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/^kirin: --log-config: ENOENT/) })
  })
})

const LOGGER = `import { appendFileSync } from 'node:fs'
export default async ({ worker, level }) => {
  const write = kind => (fields, message) => appendFileSync('log.jsonl', JSON.stringify({ worker, level, kind, fields, message }) + '\\n')
  return {
    error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug'),
    access: ({ request, status }) => write('access')({ status }, request.path),
    flush: async () => write('flush')(),
  }
}
`

describe('--logger-class', () => {
  it('gets everything that is logged, in the master and in the workers', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APP, 'logger.mjs': LOGGER })
    // What the logger does not get: that is the sign that it listens.
    const kirin = startKirin(['-b', 'unix:kirin.sock', '--logger-class', './logger.mjs', 'app.mjs'], { cwd })
    const socketPath = join(cwd, 'kirin.sock')
    await until(
      () => existsSync(join(cwd, 'log.jsonl')) && lines(cwd, 'log.jsonl').some(line => line.includes('Listening at')),
    )
    await get('/a', { socketPath })
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(kirin.stdout + kirin.stderr).toBe('')
    const entries = lines(cwd, 'log.jsonl').map(line => JSON.parse(line) as Record<string, unknown>)
    expect(entries).toContainEqual({ worker: 0, level: 'info', kind: 'warn', fields: { path: '/a' }, message: 'asked' })
    expect(entries).toContainEqual({ worker: 0, level: 'info', kind: 'access', fields: { status: 200 }, message: '/a' })
    expect(entries.at(-1)).toMatchObject({ worker: null, kind: 'info', message: expect.stringMatching(/^Stopped/) })
    expect(entries.filter(({ kind }) => kind === 'flush')).toEqual([{ worker: 0, level: 'info', kind: 'flush' }])
  })

  it.each([
    ['./nowhere.mjs', /^kirin: --logger-class: cannot use \.\/nowhere\.mjs: Error: Cannot find module/],
    ['./app.mjs', /^kirin: --logger-class: \.\/app\.mjs gives a logger without error, warn, info, debug$/],
    ['./throws.mjs', /^kirin: --logger-class: cannot use \.\/throws\.mjs: Error: no such index/],
  ])('%s: one line, exit code 1', async (module, line) => {
    const cwd = applicationDirectory({
      'app.mjs': 'export default () => ({})\n',
      'throws.mjs': `export default () => { throw new Error('no such index') }\n`,
    })
    const { code, stderr } = await runKirin(['--logger-class', module, 'app.mjs'], { cwd })
    expect({ code, stderr: stderr.trimEnd() }).toEqual({ code: 1, stderr: expect.stringMatching(line) })
  })
})

/** Looks again and again, for what no process tells. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(20)
}
