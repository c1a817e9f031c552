import { describe, expect, it } from '@jest/globals'
import { environmentLayer } from '../../src/config/environment.ts'
import { type RawLayer, resolveSettings } from '../../src/config/resolve.ts'
import { type Settings, settingsTable } from '../../src/config/settings.ts'

function layer(source: string, values: Readonly<Record<string, readonly string[]>>): RawLayer {
  const entries = Object.entries(values).map(([key, texts]) => [
    key as keyof Settings,
    texts.map(text => ({ name: settingsTable[key as keyof Settings].flag ?? key, text })),
  ])
  return { source, values: new Map(entries as never) }
}

describe('resolveSettings', () => {
  it('gives every setting its default when nobody says anything', () => {
    const { settings } = resolveSettings([])
    expect(settings).toMatchObject({
      bind: [{ type: 'tcp', host: '127.0.0.1', port: 8000 }],
      backlog: 2048,
      workers: 1,
      limitRequestLine: 4094,
      limitRequestFields: 100,
      limitRequestFieldSize: 8190,
      limitRequestHead: 65_536,
      limitRequestBody: 0,
      clientBodyTimeout: 60,
      keepAlive: 65,
      gracefulTimeout: 30,
      errorLogfile: '-',
      lint: false,
      accessLogfile: null,
      logLevel: 'info',
    })
    expect(Object.keys(settings ?? {})).toEqual(Object.keys(settingsTable))
  })

  it('lets a later layer replace an earlier one whole', () => {
    const { settings } = resolveSettings([
      layer('environment', { bind: ['0.0.0.0:1', '0.0.0.0:2'], workers: ['2'] }),
      layer('command line', { bind: ['unix:/a'] }),
    ])
    expect(settings?.bind).toEqual([{ type: 'unix', path: '/a' }])
    expect(settings?.workers).toBe(2)
  })

  it('takes the last of several values unless the option may be repeated', () => {
    const { settings } = resolveSettings([layer('command line', { workers: ['2', '3'], bind: ['a:1', 'b:2'] })])
    expect(settings?.workers).toBe(3)
    expect(settings?.bind).toHaveLength(2)
  })

  it('takes lists with commas where an option says so, and an empty text for an empty list', () => {
    const listed = (...texts: readonly string[]) =>
      resolveSettings([layer('command line', { forwardedAllowIps: texts })])
    expect(listed('10.0.0.0/8, ::1', '192.0.2.1').settings?.forwardedAllowIps).toEqual([
      '10.0.0.0/8',
      '::1',
      '192.0.2.1',
    ])
    expect(listed('').settings?.forwardedAllowIps).toEqual([])
    expect(listed('::1,localhost').problems).toEqual([
      '--forwarded-allow-ips: expected an IP address, a network such as 10.0.0.0/8, or * for everybody, got "localhost" (command line)',
    ])
    expect(listed('::1,').problems).toHaveLength(1)
  })

  it.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['10M', 10 * 1024 ** 2],
    ['512k', 512 * 1024],
    ['1G', 1024 ** 3],
    ['1024G', 2 ** 40],
  ])('reads %s as a number of bytes', (text, bytes) => {
    expect(resolveSettings([layer('command line', { limitRequestBody: [text] })]).settings?.limitRequestBody).toBe(
      bytes,
    )
  })

  it.each(['', 'M', '-1', '1.5M', '10 M', '10MB', '0x10', '1025G', '1e6'])('reads no number of bytes in %j', text => {
    const { problems } = resolveSettings([layer('command line', { limitRequestBody: [text] })])
    expect(problems).toEqual([
      `--limit-request-body: expected bytes from 0 to 1099511627776, in digits or with K, M or G behind them, got ${JSON.stringify(text)} (command line)`,
    ])
  })

  it('does not judge a value that is overridden', () => {
    const { settings, problems } = resolveSettings([
      layer('environment', { workers: ['many'] }),
      layer('command line', { workers: ['4'] }),
    ])
    expect(problems).toEqual([])
    expect(settings?.workers).toBe(4)
  })

  it('tells every mistake at once, each with its option, what is allowed, what it got and where from', () => {
    const { settings, problems } = resolveSettings([
      layer('environment', { workers: ['0'] }),
      layer('command line', { bind: ['good:1', 'bad'], logLevel: ['loud'], keepAlive: ['-1'] }),
    ])
    expect(settings).toBeUndefined()
    expect(problems).toEqual([
      '--bind: expected host:port, [ipv6]:port, unix:path or fd://number (ports 0 to 65535, paths up to 107 bytes), got "bad" (command line)',
      '--workers: expected a whole number from 1 to 1024, or auto, got "0" (environment)',
      '--keep-alive: expected seconds from 0.1 to 86400, got "-1" (command line)',
      '--log-level: expected one of debug, info, warn, warning, error, critical, got "loud" (command line)',
    ])
  })

  it.each([
    ['workers', '1.5'],
    ['workers', '1e3'],
    ['workers', '1025'],
    ['workers', ''],
    ['workers', ' 2'],
    ['gracefulTimeout', 'soon'],
    ['gracefulTimeout', '86401'],
    ['limitRequestLine', '63'],
    ['accessLogformat', '%(zz)s'],
    ['accessLogformat', '%(h)'],
    ['accessLogformat', 'a\nb'],
    ['name', 'a\u001b[31m'],
    ['pid', ''],
  ])('refuses %s %j', (key, text) => {
    expect(resolveSettings([layer('command line', { [key]: [text] })]).problems).toHaveLength(1)
  })

  it('accepts fractions of seconds, levels in any case, and gunicorn’s name for the highest level', () => {
    const { settings } = resolveSettings([
      layer('command line', { gracefulTimeout: ['0.25'], logLevel: ['CRITICAL'], logFormat: ['JSON'] }),
    ])
    expect(settings).toMatchObject({ gracefulTimeout: 0.25, logLevel: 'fatal', logFormat: 'json' })
  })
})

describe('environmentLayer', () => {
  const resolve = (environment: Record<string, string>) => resolveSettings([environmentLayer(environment)])

  it('binds every interface at PORT', () => {
    expect(resolve({ PORT: '3000' }).settings?.bind).toEqual([{ type: 'tcp', host: '0.0.0.0', port: 3000 }])
  })

  it('names PORT when it is no port', () => {
    expect(resolve({ PORT: 'http' }).problems).toEqual([
      'PORT: expected a port from 0 to 65535, got "http" (environment)',
    ])
  })

  it('prefers the setting’s own variable to the well-known one', () => {
    const { settings } = resolve({
      PORT: '3000',
      KIRIN_BIND: '[::1]:1, unix:/b',
      WEB_CONCURRENCY: '3',
      KIRIN_WORKERS: '5',
    })
    expect(settings?.bind).toEqual([
      { type: 'tcp', host: '::1', port: 1 },
      { type: 'unix', path: '/b' },
    ])
    expect(settings?.workers).toBe(5)
  })

  it('names a variable for each word of a setting’s name', () => {
    expect(resolve({ KIRIN_LIMIT_REQUEST_FIELD_SIZE: '100' }).settings?.limitRequestFieldSize).toBe(100)
  })

  it.each([
    ['on', true],
    ['TRUE', true],
    ['1', true],
    ['off', false],
    ['no', false],
  ])('reads a switch from the word %s', (word, value) => {
    expect(resolve({ KIRIN_LINT: word }).settings?.lint).toBe(value)
  })

  it('refuses a word that switches nothing', () => {
    expect(resolve({ KIRIN_LINT: 'maybe' }).problems).toEqual([
      'KIRIN_LINT: expected on or off, got "maybe" (environment)',
    ])
  })

  it('takes an empty variable as absent', () => {
    expect(resolve({ PORT: '', WEB_CONCURRENCY: '', KIRIN_WORKERS: '' }).settings).toEqual(resolve({}).settings)
  })

  it('ignores what Kubernetes sets beside a service called kirin', () => {
    const { problems } = resolve({ KIRIN_PORT: 'tcp://10.0.0.1:80', KIRIN_SERVICE_HOST: '10.0.0.1' })
    expect(problems).toEqual([])
  })
})
