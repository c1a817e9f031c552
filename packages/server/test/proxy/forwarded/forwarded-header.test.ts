import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { parseForwarded } from '../../../src/proxy/forwarded/forwarded-header.ts'

/** Without their missing prototypes, which `toEqual` would not mind but a reader would. */
const parse = (value: string) => parseForwarded(value)?.map(element => ({ ...element }))

describe('parseForwarded', () => {
  it.each([
    ['for="_gazonk"', [{ for: '_gazonk' }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: '[2001:db8:cafe::17]:4711' }]],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', [{ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' }]],
    ['for=192.0.2.43, for=198.51.100.17', [{ for: '192.0.2.43' }, { for: '198.51.100.17' }]],
    ['for=a,for=b', [{ for: 'a' }, { for: 'b' }]],
    ['for=a \t, \tfor=b', [{ for: 'a' }, { for: 'b' }]],
    ['for=a; proto=https ;host=h', [{ for: 'a', proto: 'https', host: 'h' }]],
    ['for=a;;proto=https;', [{ for: 'a', proto: 'https' }]],
    ['for=a;, for=b', [{ for: 'a' }, { for: 'b' }]],
    ['secret=x;for=a', [{ secret: 'x', for: 'a' }]],
    ['host="a,b;c=\\"d\\\\"', [{ host: 'a,b;c="d\\' }]],
    ['for=""', [{ for: '' }]],
    ['host="\xe9"', [{ host: '\xe9' }]],
    ['__proto__=x;constructor=y', [JSON.parse('{"__proto__":"x","constructor":"y"}')]],
  ])('reads %s', (value, expected) => {
    expect(parseForwarded(value)?.map(element => Object.entries(element))).toEqual(
      (expected as object[]).map(element => Object.entries(element)),
    )
  })

  it.each([
    '',
    ',',
    ';',
    'for=a,',
    ',for=a',
    'for=a,,for=b',
    'for',
    'for=',
    '=a',
    'for =a',
    'for= a',
    'for=a b',
    'for=a for=b',
    'for=a;for=b',
    'for=a;FOR=a',
    'for=[::1]',
    'for=192.0.2.1:80',
    'for="a',
    'for=a"',
    'for="a"b',
    'for="a""b"',
    'for="a\\"',
    'for="\x00"',
    "for='a,b'",
    'for=\xe9',
  ])('refuses %j', value => expect(parse(value)).toBeUndefined())

  it('reads back whatever a proxy can say', () => {
    const text = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)) })
    const element = fc.dictionary(fc.constantFrom('for', 'by', 'host', 'proto', 'x'), text, { minKeys: 1 })
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), elements => {
        const written = elements.map(one =>
          Object.entries(one)
            .map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, '\\$&')}"`)
            .join(';'),
        )
        expect(parse(written.join(', '))).toEqual(elements.map(one => ({ ...one })))
      }),
    )
  })

  it.each([`for="${'a'.repeat(8000)}`, 'a'.repeat(8000), `for=a${' '.repeat(8000)}b`, `for=a${';'.repeat(8000)}=`])(
    'gives up on a long broken value in time that does not grow with its square (%#)',
    value => {
      // A hundred lines of the longest kind: with backtracking this would take minutes, and jest would say so.
      for (let line = 0; line < 100; line++) expect(parse(value)).toBeUndefined()
    },
  )
})
