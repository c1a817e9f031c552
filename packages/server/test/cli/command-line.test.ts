import { describe, expect, it } from '@jest/globals'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { settingsTable } from '../../src/config/settings.ts'

function read(line: string) {
  const { layer, ...rest } = readCommandLine(line.split(' '), 'command line')
  const { app, ...values } = Object.fromEntries(
    [...layer.values].map(([key, raw]) => [key, raw.map(({ text }) => text)]),
  )
  return { ...rest, application: app?.[0], values }
}

describe('readCommandLine', () => {
  it('reads options before and after the application', () => {
    const { application, values, problems } = read('-w 2 app.js:handler --bind=a:1 -b b:2')
    expect(application).toBe('app.js:handler')
    expect(values).toEqual({ workers: ['2'], bind: ['a:1', 'b:2'] })
    expect(problems).toEqual([])
  })

  it('reads the command line of a Procfile made for gunicorn', () => {
    const { values, problems } = read('app.js --limit-request-line 8188 --log-file -')
    expect(values).toEqual({ limitRequestLine: ['8188'], errorLogfile: ['-'] })
    expect(problems).toEqual([])
  })

  it('reads a switch, which takes no value', () => {
    const { application, values, problems } = read('--lint app.js')
    expect({ application, values, problems }).toEqual({ application: 'app.js', values: { lint: ['on'] }, problems: [] })
  })

  it('accepts gunicorn’s odd spelling', () => {
    expect(read('app.js --limit-request-field_size 9000').values).toEqual({ limitRequestFieldSize: ['9000'] })
  })

  it('tells every unknown option, with what was probably meant', () => {
    expect(read('--wrokers 2 --teleport app.js').problems).toEqual([
      '--wrokers: unknown option; did you mean --workers? (command line)',
      '--teleport: unknown option; kirin --help lists the options (command line)',
    ])
  })

  it('tells what has become of an option of gunicorn’s that is not there', () => {
    expect(read('--threads 4 --worker-tmp-dir=/dev/shm').problems).toEqual([
      '--threads: unknown option; gunicorn’s, without a counterpart here: a worker has one event loop; more workers use more processors (command line)',
      '--worker-tmp-dir=/dev/shm: unknown option; gunicorn’s, without a counterpart here: workers tell of themselves over a pipe, no file is needed (command line)',
    ])
  })

  it('tells of an option without its value, and of a second application', () => {
    expect(read('app.js --bind').problems).toEqual(["option '-b, --bind <address>' argument missing (command line)"])
    expect(read('app.js other.js').problems).toEqual(['other.js: expected one application, app.js (command line)'])
  })

  it.each([
    ['app.js', 'serve'],
    ['--check-config app.js', 'check'],
    ['--print-config', 'print'],
    ['app.js --print-config-json', 'print-json'],
  ])('%s: %s', (line, action) => {
    expect(read(line)).toMatchObject({ action, problems: [] })
  })

  it('answers --version with the version alone', () => {
    expect(read('--version').answer).toMatch(/^kirin \d+\.\d+\.\d+\n$/)
  })

  it('answers --help with each option once, in its group', () => {
    const answer = read('--help').answer ?? ''
    for (const { flag, group } of Object.values(settingsTable)) {
      if (flag === null) continue
      expect(answer.indexOf(`${flag} `)).toBeGreaterThan(answer.indexOf(`${group}:`))
    }
    expect(answer).not.toContain('field_size')
  })
})
