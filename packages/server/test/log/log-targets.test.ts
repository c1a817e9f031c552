import { describe, expect, it } from '@jest/globals'
import { defaultSettings } from '../../src/config/settings.ts'
import { logFilesOf, logTargets, readLogConfig, withAbsoluteFiles } from '../../src/log/log-targets.ts'

const settings = { ...defaultSettings, accessLogfile: '/a.log', errorLogfile: '/e.log', logFormat: 'json' } as const

describe('logTargets', () => {
  it('are those of the settings when there is no file', () => {
    expect(logTargets(settings)).toEqual({
      errors: [{ file: '/e.log', level: 'info', format: 'json' }],
      access: [{ file: '/a.log', format: 'json', line: settings.accessLogformat }],
    })
    expect(logTargets(defaultSettings)).toEqual({ errors: [{ file: '-', level: 'info', format: 'text' }], access: [] })
  })

  it('are those of the file, which has from the settings what it does not say', () => {
    const logConfig = JSON.stringify({
      error: [{ file: '-', level: 'warning', format: 'text' }, { file: '/all.log' }],
      access: [{ file: '/x.log', format: 'text', line: '%(s)s' }, { file: '-' }],
    })
    expect(logTargets({ ...settings, logConfig })).toEqual({
      errors: [
        { file: '-', level: 'warn', format: 'text' },
        { file: '/all.log', level: 'info', format: 'json' },
      ],
      access: [
        { file: '/x.log', format: 'text', line: '%(s)s' },
        { file: '-', format: 'json', line: settings.accessLogformat },
      ],
    })
    expect(logFilesOf(logTargets({ ...settings, logConfig }))).toEqual(['/all.log', '/x.log'])
  })

  it('leave a log as it is that the file does not speak of, and write none where its list is empty', () => {
    expect(logTargets({ ...settings, logConfig: '{ "access": [] }' })).toEqual({ ...logTargets(settings), access: [] })
  })
})

describe('readLogConfig', () => {
  it('tells everything that is wrong, and where', () => {
    const text = JSON.stringify({
      error: [{ file: 7 }, { file: '-', level: 'loud' }],
      access: [
        { file: '-', format: 'xml' },
        { line: '%(zz)s', file: '-' },
      ],
      handlers: {},
    })
    const read = readLogConfig(text, 'logs.json')
    const { problems } = read as { problems: readonly string[] }
    expect(problems).toHaveLength(5)
    expect(problems.join('\n')).toMatch(/^--log-config: logs\.json: error\.0\.file: /m)
    expect(problems.join('\n')).toMatch(/^--log-config: logs\.json: error\.1\.level: expected one of debug, info, /m)
    expect(problems.join('\n')).toMatch(/^--log-config: logs\.json: access\.0\.format: expected text or json$/m)
    expect(problems.join('\n')).toMatch(
      /^--log-config: logs\.json: access\.1\.line: expected a format as for --access-logformat$/m,
    )
    expect(problems.join('\n')).toMatch(/^--log-config: logs\.json: handlers: /m)
  })

  it.each(['', '{', '[]', 'null', '{"error": []}'])('refuses %j', text => {
    expect(readLogConfig(text, 'logs.json')).toEqual({ problems: [expect.stringMatching(/^--log-config: logs\.json/)] })
  })
})

describe('withAbsoluteFiles', () => {
  it('changes the files and nothing else', () => {
    const text = JSON.stringify({ error: [{ file: 'e.log', level: 'info' }, { file: '-' }], access: [{ file: '/a' }] })
    expect(JSON.parse(withAbsoluteFiles(text, '/srv'))).toEqual({
      error: [{ file: '/srv/e.log', level: 'info' }, { file: '-' }],
      access: [{ file: '/a' }],
    })
  })
})
