import { describe, expect, it } from '@jest/globals'
import { accessAtoms, compileAccessFormat, escapeValue, isAccessFormat } from '../../src/log/access-format.ts'
import { exchangeRecord, type RecordChanges } from '../support/exchange-record.ts'

function line(format: string, changes: RecordChanges = {}): string {
  return compileAccessFormat(format)(exchangeRecord(changes))
}

const headers = (fields: Record<string, string>) => ({ request: { headers: fields } })

describe('compileAccessFormat', () => {
  it.each([
    ['h', '192.0.2.1'],
    ['l', '-'],
    ['u', '-'],
    ['r', 'GET /path?a=b HTTP/1.1'],
    ['s', '200'],
    ['m', 'GET'],
    ['U', '/path'],
    ['q', 'a=b'],
    ['H', 'HTTP/1.1'],
    ['b', '5'],
    ['B', '5'],
    ['f', '-'],
    ['a', '-'],
    ['T', '1'],
    ['M', '1234'],
    ['D', '1234567'],
    ['L', '1.234567'],
    ['p', `<${process.pid}>`],
  ])('writes %%(%s)s as %s', (atom, value) => {
    expect(line(`%(${atom})s`)).toBe(value)
  })

  it('writes the time of the request with the zone of this machine', () => {
    const [, day, month, year, clock, sign, hours, minutes] =
      /^\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-])(\d\d)(\d\d)\]$/.exec(line('%(t)s')) ?? []
    const iso = `${day} ${month} ${year} ${clock} GMT${sign}${hours}${minutes}`
    expect(new Date(iso).toISOString()).toBe('2024-11-22T15:48:01.000Z')
  })

  it('notices when the second changes', () => {
    const format = compileAccessFormat('%(t)s')
    const [first, second] = [0, 1000].map(startedAt => format(exchangeRecord({ startedAt })))
    expect(first).not.toBe(second)
  })

  it('keeps the text between the atoms, and %% as a percent sign', () => {
    expect(line('a %(s)s %% "%(m)s"z')).toBe('a 200 % "GET"z')
  })

  it('writes variables of the environment, as they are when the format is compiled', () => {
    process.env['KIRIN_TEST_ZONE'] = 'eu\n"1"'
    const format = compileAccessFormat('%({KIRIN_TEST_ZONE}e)s %({KIRIN_TEST_NONE}e)s')
    delete process.env['KIRIN_TEST_ZONE']
    expect(format(exchangeRecord({}))).toBe('eu\\x0a\\"1\\" -')
  })

  it('writes fields of the request and of the response, in any case of their names', () => {
    const changes = {
      ...headers({ 'x-id': '7', referer: 'http://r/', 'user-agent': 'curl/8' }),
      responseHeaders: { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] },
    }
    expect(line('%({X-Id}i)s %({content-type}o)s %({set-cookie}o)s %({none}i)s %({none}o)s', changes)).toBe(
      '7 text/plain a=1, b=2 - -',
    )
    expect(line('%(f)s %(a)s', changes)).toBe('http://r/ curl/8')
  })

  it('writes no bytes as a hyphen with b and as nought with B', () => {
    expect(line('%(b)s %(B)s', { bytes: 0 })).toBe('- 0')
  })

  it('joins the mount to the path, and shows a hyphen for the peer of a UNIX socket', () => {
    const request = { mount: '/api', path: '/a%2Fb', remote: { address: '', port: null } }
    expect(line('%(U)s %(h)s', { request })).toBe('/api/a%2Fb -')
  })

  it('names the user of basic authentication and never the password', () => {
    const basic = (text: string) => headers({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    expect(line('%(u)s', basic('ada:secret'))).toBe('ada')
    expect(line('%(u)s', basic('ada lovelace:x'))).toBe('ada\\x20lovelace')
    expect(line('%(u)s', basic('secret-without-a-user'))).toBe('-')
    expect(line('%(u)s', basic(':x'))).toBe('-')
    expect(line('%(u)s', headers({ authorization: 'Bearer abc' }))).toBe('-')
  })

  it('lets no client forge a line, end a quoted value or reach the terminal', () => {
    const hostile = 'x" 200 "\r\n127.0.0.1 - \u001b[31m\\\u009b\u00e9\u0000'
    const written = line('"%(a)s" "%({evil}i)s"', headers({ 'user-agent': hostile, evil: '\u2028' }))
    expect(written).toBe('"x\\" 200 \\"\\x0d\\x0a127.0.0.1 - \\x1b[31m\\\\\\x9b\\xe9\\x00" "\\u2028"')
    expect(written).toMatch(/^[ -~]*$/)
  })

  it('throws for a format that the settings refuse', () => {
    expect(() => compileAccessFormat('%(nonsense)s')).toThrow(RangeError)
  })
})

describe('isAccessFormat', () => {
  it('accepts every atom there is', () => {
    for (const atom of accessAtoms) expect(isAccessFormat(`%(${atom})s`)).toBe(true)
  })

  it.each(['', '%', '%s', '%(h)', '%(hh)s', '%(x)s', '%({a}x)s', '%({}i)s', '%(h)d', '100 %', 'a\nb', '%(__proto__)s'])(
    'refuses %j',
    format => {
      expect(isAccessFormat(format)).toBe(false)
    },
  )
})

describe('escapeValue', () => {
  it('leaves printable ASCII but quotes and backslashes alone', () => {
    const plain = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')
    expect(escapeValue(plain)).toBe(plain.replace('"', '\\"').replace('\\]', '\\\\]'))
  })
})
