import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { settingsTable } from '../../../src/config/settings.ts'
import { type ForwardingRules, forwardedFields } from '../../../src/proxy/forwarded/forwarded-fields.ts'

const DEFAULTS: ForwardingRules = {
  allowIps: ['127.0.0.1', '10.0.0.0/8', '2001:db8::/32'],
  fields: settingsTable.forwarderHeaders.default,
  schemeFields: settingsTable.secureSchemeHeaders.default,
}
const ALL = ['x-forwarded-for', 'x-forwarded-host', 'forwarded'] as const
const PROXY = { address: '127.0.0.1', port: 4000 }

/** What is vouched for in these lines (`name: value`), or the code of the rejection. */
function vouched(lines: readonly string[], rules: Partial<ForwardingRules> = {}, peer = PROXY, path = '/'): unknown {
  const fields = lines.flatMap(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).replaceAll(/^ +| +$/g, '')]
  })
  const found = forwardedFields({ ...DEFAULTS, ...rules })?.vouchedIn(fields, peer, path)
  if (found === undefined) return undefined
  if ('code' in found) return `${found.status} ${found.code}`
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

const all = (...lines: readonly string[]): unknown => vouched(lines, { fields: ALL })
const remote = (address: string, port: number | null = null): unknown => ({ remote: { address, port } })
const INVALID = '400 FORWARDED_INVALID'
const CONFLICT = '400 FORWARDED_CONFLICT'

describe('who is believed', () => {
  it('nobody but the peers that the operator trusts', () => {
    const lines = ['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https']
    expect(vouched(lines)).toEqual({ scheme: 'https', remote: { address: '203.0.113.9', port: null } })
    expect(vouched(lines, {}, { address: '192.0.2.1', port: 4000 })).toBeUndefined()
  })

  it('an untrusted peer cannot be refused by what it forwards, either', () => {
    expect(vouched(['X-Forwarded-For: ???'], {}, { address: '192.0.2.1', port: 4000 })).toBeUndefined()
  })

  it('a peer on a UNIX socket', () => {
    expect(vouched(['X-Forwarded-For: 203.0.113.9'], { allowIps: ['192.0.2.9'] }, UNIX)).toEqual(remote('203.0.113.9'))
  })

  it('nobody, and nothing is looked at, when the list is empty or no field is named', () => {
    expect(forwardedFields({ ...DEFAULTS, allowIps: [] })).toBeUndefined()
    expect(forwardedFields({ ...DEFAULTS, fields: [], schemeFields: [] })).toBeUndefined()
  })

  it('only through the fields that were named', () => {
    expect(vouched(['X-Forwarded-Host: evil.example', 'Forwarded: for=6.6.6.6;host=evil.example;proto=https'])).toEqual(
      {},
    )
    expect(vouched(['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-Host: a'], { fields: ['x-forwarded-host'] })).toEqual({
      authority: 'a',
    })
  })

  it('not through fields whose names only look alike', () => {
    const lines = [
      'X_Forwarded_For: 6.6.6.6',
      'X-Forwarded_Proto: https',
      'X-Forwarded-For-: 6.6.6.6',
      'XForwarded-For: 1',
    ]
    expect(all(...lines)).toEqual({})
  })
})

const UNIX = { address: '', port: null } as unknown as typeof PROXY

describe('X-Forwarded-For', () => {
  it.each([
    ['the only address', '203.0.113.9', '203.0.113.9'],
    ['the rightmost that is not trusted', '6.6.6.6, 203.0.113.9, 10.1.1.1, 10.2.2.2', '203.0.113.9'],
    ['not what a client made up of trusted addresses', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['the leftmost where all are trusted', '10.3.3.3,10.2.2.2', '10.3.3.3'],
    ['an IPv6 address beyond a trusted one', '2001:db9::1, 2001:db8::5', '2001:db9::1'],
    ['the client of a proxy that is known by a mapped address', '203.0.113.9, ::ffff:10.0.0.1', '203.0.113.9'],
    ['what a proxy says of a client that it does not know', '6.6.6.6, unknown, 10.0.0.1', 'unknown'],
    ['the client beyond a UNIX socket between two proxies', '203.0.113.9, unix:', '203.0.113.9'],
    ['no peer beyond a UNIX socket at the left end', 'unix:', ''],
  ])('gives %s', (_, value, address) => {
    expect(vouched([`X-Forwarded-For: ${value}`])).toEqual(remote(address))
  })

  it('keeps a port where one is told', () => {
    expect(vouched(['x-forwarded-for: 203.0.113.9:4711'])).toEqual(remote('203.0.113.9', 4711))
    expect(vouched(['x-forwarded-for: [2001:db9::1]:4711'])).toEqual(remote('2001:db9::1', 4711))
  })

  it('is one list over all of its lines', () => {
    expect(vouched(['X-Forwarded-For: 203.0.113.9', 'x-forwarded-FOR: 10.0.0.1'])).toEqual(remote('203.0.113.9'))
    expect(vouched(['X-Forwarded-For: 10.0.0.1', 'X-Forwarded-For: 203.0.113.9'])).toEqual(remote('203.0.113.9'))
  })

  it('is never read beyond the first that is not trusted', () => {
    expect(vouched(['X-Forwarded-For: <script>, , 203.0.113.9'])).toEqual(remote('203.0.113.9'))
  })

  it.each([
    'nonsense',
    '6.6.6.6, ',
    '6.6.6.6,,10.0.0.1',
    '"203.0.113.9"',
    '203.0.113.9\xa0',
    '_hidden',
    '203.0.113.9 10.0.0.1',
  ])('is refused when the word that counts is %j', value =>
    expect(vouched([`X-Forwarded-For: ${value}`, 'a: b'])).toBe(INVALID),
  )

  it('is refused when an empty line of the proxy stands behind one of the client', () => {
    expect(vouched(['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-For:'])).toBe(INVALID)
  })

  it('says nothing when it is empty', () => {
    expect(vouched(['X-Forwarded-For:'])).toEqual({})
  })

  it('is refused with more trusted hops than any chain has', () => {
    const hops = (count: number): string => Array.from({ length: count }, () => '10.0.0.1').join(',')
    expect(vouched([`X-Forwarded-For: ${hops(50)}`])).toEqual(remote('10.0.0.1'))
    expect(vouched([`X-Forwarded-For: ${hops(52)}`])).toBe(INVALID)
    expect(vouched([`Forwarded: ${hops(52).replaceAll('10', 'for=10')}`], { fields: ALL })).toBe(INVALID)
  })

  it('is read the same however often it comes, and whatever came in between', () => {
    const fields = forwardedFields(DEFAULTS)
    const read = (value: string): unknown => {
      const found = fields?.vouchedIn(['X-Forwarded-For', value], PROXY, '/')
      return found === undefined || 'code' in found ? found?.code : found.remote?.address
    }
    const long = `${'6.6.6.6, '.repeat(30)}203.0.113.9`
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1500; i++) expect(read(`198.51.${i >> 8}.${i & 255}`)).toBe(`198.51.${i >> 8}.${i & 255}`)
      expect([read('203.0.113.9, 10.0.0.1'), read('nonsense'), read(long)]).toEqual([
        '203.0.113.9',
        'FORWARDED_INVALID',
        '203.0.113.9',
      ])
    }
  })

  it('believes the left end when everybody is trusted', () => {
    expect(vouched(['X-Forwarded-For: 6.6.6.6, 203.0.113.9'], { allowIps: ['*'] })).toEqual(remote('6.6.6.6'))
  })
})

describe('the fields of the scheme', () => {
  it.each([
    ['X-Forwarded-Proto: https', 'https'],
    ['X-Forwarded-Proto: HTTPS', 'https'],
    ['X-Forwarded-Proto: wss', 'https'],
    ['X-Forwarded-Proto: http', 'http'],
    ['X-Forwarded-Proto: ws', 'http'],
    ['X-Forwarded-Proto: on', 'http'],
    ['X-Forwarded-Proto:', 'http'],
    ['X-Forwarded-Proto: https, https', 'https'],
    ['X-Forwarded-Protocol: ssl', 'https'],
    ['X-Forwarded-Ssl: on', 'https'],
    ['X-FORWARDED-SSL: off', 'http'],
  ])('%s means %s', (line, scheme) => expect(vouched([line])).toEqual({ scheme }))

  it.each([
    [['X-Forwarded-Proto: https', 'X-Forwarded-Ssl: off']],
    [['X-Forwarded-Proto: http', 'X-Forwarded-Ssl: on']],
    [['X-Forwarded-Proto: https', 'X-Forwarded-Proto: http']],
    [['X-Forwarded-Proto: https, http']],
    [['X-Forwarded-Proto: https,']],
    [['X-Forwarded-Proto: https', 'X-Forwarded-Protocol:']],
  ])('%j is refused: they do not agree', lines => expect(vouched(lines)).toBe(CONFLICT))

  it('agree', () => {
    expect(vouched(['X-Forwarded-Proto: https', 'X-Forwarded-Ssl: on', 'X-Forwarded-Protocol: ssl'])).toEqual({
      scheme: 'https',
    })
  })

  it('are those that the operator names', () => {
    const rules = { schemeFields: ['Front-End-Https=on'] }
    expect(vouched(['front-end-https: On', 'X-Forwarded-Proto: http'], rules)).toEqual({ scheme: 'https' })
  })
})

describe('X-Forwarded-Host', () => {
  it.each(['shop.example', 'shop.example:8443', '[2001:db8::1]:80'])('gives the authority: %s', host => {
    expect(all(`X-Forwarded-Host: ${host}`)).toEqual({ authority: host })
  })

  it('may be repeated by each proxy', () => {
    expect(all('X-Forwarded-Host: shop.example, Shop.Example')).toEqual({ authority: 'shop.example' })
  })

  it('is refused when two proxies say different things', () => {
    expect(all('X-Forwarded-Host: evil.example, shop.example')).toBe(CONFLICT)
    expect(all('X-Forwarded-Host: evil.example', 'X-Forwarded-Host: shop.example')).toBe(CONFLICT)
  })

  it.each(['a b', 'a/b', 'user@a', 'a?', 'a,', 'a:b', 'http://a', '\xe9'])(
    'is refused when it is no host: %s',
    host => {
      expect(all(`X-Forwarded-Host: ${host}`)).toBe(INVALID)
    },
  )

  it('says nothing when it is empty', () => expect(all('X-Forwarded-Host:')).toEqual({}))
})

describe('Forwarded', () => {
  it('tells all three', () => {
    expect(all('Forwarded: for="[2001:db9::1]:4711";proto=https;host=shop.example')).toEqual({
      scheme: 'https',
      authority: 'shop.example',
      remote: { address: '2001:db9::1', port: 4711 },
    })
  })

  it('is followed from the right through trusted proxies, to the words about the first that is not', () => {
    const client = 'for=203.0.113.9;proto=https;host=shop.example'
    expect(all(`Forwarded: for=6.6.6.6;host=evil.example, ${client}, for=10.0.0.1;proto=http;host=inner`)).toEqual({
      scheme: 'https',
      authority: 'shop.example',
      remote: { address: '203.0.113.9', port: null },
    })
  })

  it('keeps what a nearer proxy said where the farther one is silent', () => {
    expect(all('Forwarded: for=203.0.113.9, for=10.0.0.1;proto=https;host=a')).toEqual({
      scheme: 'https',
      authority: 'a',
      remote: { address: '203.0.113.9', port: null },
    })
  })

  it('is one list over all of its lines', () => {
    expect(all('Forwarded: for=203.0.113.9', 'Forwarded: for=10.0.0.1')).toEqual(remote('203.0.113.9'))
  })

  it('ends at a proxy that does not tell who came before', () => {
    expect(all('Forwarded: for=6.6.6.6;proto=https, proto=http')).toEqual({ scheme: 'http' })
    expect(all('Forwarded: for=6.6.6.6, for=_hidden, for=10.0.0.1')).toEqual(remote('_hidden'))
  })

  it.each([
    'for=203.0.113.9;proto=ftp',
    'for=203.0.113.9;host="a b"',
    'for=203.0.113.9;host=""',
    'for=nobody',
    'for="2001:db9::1"',
    'for=6.6.6.6, ',
    'for="6.6.6.6, for=203.0.113.9',
  ])('is refused when it is broken: %s', value => expect(all(`Forwarded: ${value}`)).toBe(INVALID))

  it('does not mind nonsense in the words of those that are not trusted', () => {
    expect(all('Forwarded: for=nobody;proto=ftp, for=203.0.113.9')).toEqual(remote('203.0.113.9'))
  })
})

describe('both kinds of fields', () => {
  it('complete each other where they agree', () => {
    expect(
      all('Forwarded: for="203.0.113.9:4711";host=a', 'X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: https'),
    ).toEqual({ scheme: 'https', authority: 'a', remote: { address: '203.0.113.9', port: 4711 } })
  })

  it.each([
    ['the client', ['Forwarded: for=6.6.6.6', 'X-Forwarded-For: 203.0.113.9']],
    ['the scheme', ['Forwarded: for=203.0.113.9;proto=https', 'X-Forwarded-Proto: http']],
    ['the host', ['X-Forwarded-Host: shop.example', 'Forwarded: for=203.0.113.9;host=evil.example']],
  ])('are refused where they disagree about %s', (_, lines) => {
    expect(all(...lines)).toBe(CONFLICT)
    expect(all(...lines.toReversed())).toBe(CONFLICT)
  })
})

describe('whatever is forwarded', () => {
  const trusted = fc.constantFrom('10.0.0.1', '127.0.0.1', '2001:db8::1', '::ffff:10.9.9.9')
  const stranger = fc.constantFrom('203.0.113.9', '6.6.6.6', '2001:db9::1', '::ffff:192.0.2.1')
  const hop = fc.oneof(
    trusted.map(address => ({ address, isTrusted: true })),
    stranger.map(address => ({ address, isTrusted: false })),
  )

  it('the client is the rightmost hop that is not trusted, in both kinds of fields', () => {
    fc.assert(
      fc.property(fc.array(hop, { minLength: 1, maxLength: 12 }), hops => {
        const client = (hops.findLast(({ isTrusted }) => !isTrusted) ?? hops[0])?.address as string
        const list = hops.map(({ address }) => address)
        const elements = list.map(address => `for="${address.includes(':') ? `[${address}]` : address}"`)
        expect(all(`X-Forwarded-For: ${list.join(', ')}`)).toEqual(remote(client))
        expect(all(`Forwarded: ${elements.join(', ')}`, `X-Forwarded-For: ${list.join(',')}`)).toEqual(remote(client))
      }),
    )
  })

  it('nothing but a rejection or what somebody said comes of it, and nothing is thrown', () => {
    const name = fc.constantFrom('X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'Forwarded')
    const word = fc.oneof(
      fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)) }),
      fc.constantFrom('for=', '"', ',', ';', '10.0.0.1', '203.0.113.9', '[::1]', ':80', 'unknown', '_x', 'https', '\\'),
    )
    const line = fc.tuple(name, fc.array(word, { maxLength: 6 })).map(([field, words]) => `${field}: ${words.join('')}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), lines => {
        const found = all(...lines)
        if (typeof found === 'string') expect([INVALID, CONFLICT]).toContain(found)
        else expect(found).toBeInstanceOf(Object)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the prefix of the path', () => {
  const prefixed = (path: string, ...lines: readonly string[]) =>
    vouched(lines, { fields: ['x-forwarded-prefix', 'script_name'] }, PROXY, path)

  it.each([
    ['/api/users', '/api', '/api'],
    ['/api', '/api', '/api'],
    ['/api/', '/api/', '/api'],
    ['/a%2Fb/c', '/a%2Fb', '/a%2Fb'],
    ['/users', '/', ''],
    ['/api/v1/users', '/api, /api', '/api'],
  ])('of %s, by SCRIPT_NAME: %s, is still in it: %s', (path, said, mount) => {
    expect(prefixed(path, `SCRIPT_NAME: ${said}`)).toEqual({ mount })
  })

  it.each([
    ['/users', '/api', '/api'],
    ['/', '/api/', '/api'],
    // Whoever asked the proxy for /api/api/users.
    ['/api/users', '/api', '/api'],
    ['/users', '/', ''],
    ['/users', '/shop, /v1', '/shop/v1'],
  ])('of %s, by X-Forwarded-Prefix: %s, was taken off: %s', (path, said, taken) => {
    expect(prefixed(path, `X-Forwarded-Prefix: ${said}`)).toEqual({ taken })
  })

  it('was taken off in the order of the lines, and what is left of the path may have another', () => {
    const lines = ['X-Forwarded-Prefix: /shop', 'X-Forwarded-Prefix: /v1/', 'SCRIPT_NAME: /api']
    expect(prefixed('/api/users', ...lines)).toEqual({ taken: '/shop/v1', mount: '/api' })
  })

  it.each(['api', '//api', '/a//b', '/a b', '/a?b', 'http://a/', '/%2', '/é'])('is none of %s', said => {
    expect(prefixed('/', `X-Forwarded-Prefix: ${said}`)).toBe(INVALID)
    expect(prefixed('/', `X-Forwarded-Prefix: /api, ${said}`)).toBe(INVALID)
    expect(prefixed('/', `SCRIPT_NAME: ${said}`)).toBe(INVALID)
  })

  it('has to be in the path where it was not taken off: whole segments of it, as they were received', () => {
    expect(prefixed('/users', 'SCRIPT_NAME: /api')).toBe(INVALID)
    expect(prefixed('/apis', 'SCRIPT_NAME: /api')).toBe(INVALID)
    expect(prefixed('/a/b', 'SCRIPT_NAME: /a%2Fb')).toBe(INVALID)
  })

  it('is not missed where there is no path to be under it', () => {
    for (const name of ['X-Forwarded-Prefix', 'SCRIPT_NAME']) {
      expect(prefixed('*', `${name}: /api`)).toEqual({})
      expect(prefixed('', `${name}: /api`)).toEqual({})
    }
  })

  it('must be the same everywhere where it was not taken off', () => {
    expect(prefixed('/a/b', 'SCRIPT_NAME: /a', 'SCRIPT_NAME: /a/b')).toBe(CONFLICT)
  })

  it('is nobody’s word unless the field was named', () => {
    expect(vouched(['X-Forwarded-Prefix: /evil', 'SCRIPT_NAME: /evil'])).toEqual({})
  })
})
