import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { conformance, start } from './cli-process.ts'
import { kirin } from './commands.ts'

jest.setTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'nsgi-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('nsgi-conformance', () => {
  it('shows how it is used', async () => {
    const { code, stdout } = await conformance('--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: nsgi-conformance/)
  })

  it('lists every requirement with its cases', async () => {
    const { code, stdout } = await conformance('list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^RES-25 {2}MUST {2}stream {2}The head goes out .*\n {2}RES-25\.1 sends the head while/m)
  })

  it('explains a requirement by its id or that of a case', async () => {
    for (const id of ['RES-25', 'res-25', 'RES-25.1']) {
      const { code, stdout } = await conformance('explain', id)
      expect(code).toBe(0)
      expect(stdout).toMatch(
        /^RES-25: MUST of a server, profile stream\n\nThe head[^]*\nWhy: [^]*Shown by\n {2}RES-25\.1 /,
      )
    }
  })

  it.each([
    ['a word that is no command', ['serve'], /"serve" is none of server/],
    ['an unknown option', ['server', '--comand', 'x'], /Unknown option '--comand'/],
    ['nothing to test', ['server'], /give --command or --url/],
    ['a command without a place for the port', ['server', '--command', 'x {app}'], /\{app\} and \{port\}/],
    [
      'a command for TLS without a place for the key',
      ['server', '--command', 'x {app} {port}', '--tls-command', 'x {app} {port} {cert}'],
      /--tls-command: \{app\}, \{port\}, \{cert\} and \{key\} must be in it/,
    ],
    [
      'a command for a mount without a place for it',
      ['server', '--command', 'x {app} {port}', '--mount-command', 'x {app} {port}'],
      /--mount-command: \{app\}, \{port\} and \{mount\} must be in it/,
    ],
    [
      'a field of proxies that is none',
      ['server', '--proxy-fields', 'x-real-ip'],
      /"x-real-ip" is none of x-forwarded-for/,
    ],
    ['a command that was not quoted', ['server', '--command', 'x', '{app}', '{port}'], /quote commands/],
    ['a profile that is none', ['server', '--command', 'x {app} {port}', '--profile', 'cor'], /"cor" is none of core/],
    ['a signal that is none', ['server', '--reload-signal', 'HOP'], /there is no signal SIGHOP/],
    ['no number', ['server', '--jobs', 'many'], /"many" is no number/],
    ['a report of no known format', ['server', '--report', 'a.pdf'], /does not end in/],
    ['exceptions that are not there', ['server', '--exceptions', 'no.json'], /--exceptions no\.json: ENOENT/],
    ['cases that are not there', ['server', '--command', 'x {app} {port}', '--only', 'RES-99'], /no case is meant/],
    ['a requirement that is none', ['explain', 'RES-99'], /there is no requirement "RES-99"/],
    ['a server without its directory', ['server', '--url', 'http://127.0.0.1:1'], /--probe-dir is needed/],
    ['an application that is not there', ['application', './no.js'], /cannot be loaded/],
  ])('exits with 2 and one line for %s', async (_name, args, words) => {
    const { code, stdout, stderr } = await conformance(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
  })

  it('tests an application', async () => {
    const good = file('good.mjs', "export default () => ({ status: 200, headers: {}, body: 'hello' })\n")
    const bad = file(
      'bad.mjs',
      "export const app = () => ({ status: 200, headers: { 'content-length': '9' }, body: 'hello' })\n",
    )
    expect((await conformance('application', good)).code).toBe(0)
    const { code, stdout } = await conformance('application', `${bad}:app`)
    expect(code).toBe(1)
    expect(stdout).toMatch(/APP-03/)
  })

  it('writes its report in four formats, and shows a failure with its requirement and the bytes', async () => {
    // An exception that is not needed is a failure.
    const exceptions = file('exceptions.json', '{ "RES-24.2": "out of date" }')
    const reports = ['json', 'tap', 'xml', 'html'].map(end => join(folder, `report.${end}`))
    const { code, stdout } = await conformance(
      'server',
      '--command',
      kirin.command,
      '--only',
      'RES-24',
      '--exceptions',
      exceptions,
      ...reports.flatMap(report => ['--report', report]),
    )
    expect(code).toBe(1)
    expect(stdout).toMatch(/✘ RES-24\.2 keeps the one of the application\n {4}RES-24 \(SHOULD\): A server adds no/)
    const [json = '', tap = '', xml = '', html = ''] = reports.map(report => readFileSync(report, 'utf8'))
    expect(JSON.parse(json)).toMatchObject({
      nsgi: '1.0',
      suite: 'server',
      result: 'failed',
      counts: { pass: 1, fail: 1 },
    })
    expect(tap).toMatch(/^TAP version 14\n1\.\.2\nok 1 - RES-24\.1 [^]*\nnot ok 2 - RES-24\.2 /)
    expect(xml).toMatch(
      /<testsuite name="nsgi server" tests="2" failures="1" [^]*<failure message="it passes, but is listed/,
    )
    expect(html).toMatch(/^<!doctype html>[^]*<span class="failed">failed<\/span>/)
    expect(html).not.toMatch(/<script|https?:\/\//)
  })
})

describe('nsgi-conformance that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('takes its server with it at %s', async signal => {
    // Says that it runs, accepts, and answers nothing: the suite waits for it. What it has written to ends when it does.
    const server = file(
      'silent.mjs',
      `import { openSync, writeSync } from 'node:fs'
       import { createServer } from 'node:net'
       createServer().listen(Number(process.argv[2]), '127.0.0.1')
       for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
       writeSync(openSync(process.argv[3], 'w'), 'running')`,
    )
    const fifo = join(folder, `${signal}.fifo`)
    await once(spawn('mkfifo', [fifo]), 'exit')
    const suite = start(folder, ['server', '--command', `node ${server} {port} ${fifo} {app}`])
    const life = createReadStream(fifo)
    await once(life, 'data')
    const isOver = once(life, 'end')
    suite.kill(signal)
    const [code] = (await once(suite, 'exit')) as [number]
    expect(code).toBe(128 + constants.signals[signal])
    await isOver
  })
})
