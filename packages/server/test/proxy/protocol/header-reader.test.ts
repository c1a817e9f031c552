import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { HeaderReader } from '../../../src/proxy/protocol/header-reader.ts'
import type { ProxyProtocol } from '../../../src/proxy/protocol/proxy-header.ts'
import { sslTlv, tlv, V1_LINE, V2_SIGNATURE, v2Header, v2Ipv4 } from '../../support/proxy-headers.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

/** What comes of these pieces: what the header says, why it is refused, or that more is needed; and what is left. */
function read(pieces: readonly Uint8Array[], protocol: ProxyProtocol = 'auto'): { said: unknown; left: Buffer } {
  const reader = new HeaderReader(protocol)
  for (const [i, piece] of pieces.entries()) {
    const result = reader.read(piece)
    if (result !== 'more') {
      const left = Buffer.concat([piece.subarray(reader.consumed), ...pieces.slice(i + 1)])
      return { said: result === 'failed' ? reader.failure : reader.header, left }
    }
    // Thousands of times: an expectation for each would take most of the run.
    if (reader.consumed !== piece.length) throw new Error(`${reader.consumed} of ${piece.length} bytes were used`)
  }
  return { said: 'more', left: Buffer.alloc(0) }
}

const said = (bytes: string | Uint8Array, protocol?: ProxyProtocol): unknown =>
  read([typeof bytes === 'string' ? latin1(bytes) : bytes], protocol).said

const CLIENT = { source: { address: '203.0.113.9', port: 47_011 }, destination: { address: '192.0.2.2', port: 443 } }
const IPV6 = Buffer.from('20010db800000000000000000000000920010db8000000000000000000000001b7a301bb', 'hex')
const CLIENT_IPV6 = {
  source: { address: '2001:db8::9', port: 47_011 },
  destination: { address: '2001:db8::1', port: 443 },
}
const unixPaths = (source: string, destination: string): Buffer =>
  Buffer.concat([latin1(source.padEnd(108, '\0')), latin1(destination.padEnd(108, '\0'))])

/** Every header that is taken, with what it says. */
const VALID: readonly (readonly [string, Uint8Array, unknown])[] = [
  ['v1 of IPv4', latin1(V1_LINE), CLIENT],
  ['v1 of IPv6', latin1('PROXY TCP6 2001:db8::9 2001:db8::1 47011 443\r\n'), CLIENT_IPV6],
  ['v1 of a connection that the proxy cannot describe', latin1('PROXY UNKNOWN\r\n'), 'own'],
  ['v1 UNKNOWN with addresses', latin1('PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n'), 'own'],
  ['v1 of the greatest length', latin1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`), 'own'],
  ['v2 of IPv4', v2Ipv4(), CLIENT],
  ['v2 with TLVs', v2Ipv4(Buffer.from('0400030001022000050100000000', 'hex')), CLIENT],
  ['v2 with TLVs of the greatest length', v2Ipv4(tlv(0x04, 'x'.repeat(16 * 1024 - 12 - 3))), CLIENT],
  ['v2 of IPv6', v2Header(IPV6, { family: 0x21 }), CLIENT_IPV6],
  ['v2 of datagrams', v2Header(IPV6, { family: 0x22 }), CLIENT_IPV6],
  [
    'v2 of UNIX sockets',
    v2Header(unixPaths('/run/c.sock', '/run/s.sock'), { family: 0x31 }),
    {
      source: { address: 'unix:/run/c.sock', port: null },
      destination: { address: 'unix:/run/s.sock', port: null },
    },
  ],
  [
    'v2 of UNIX sockets without names',
    v2Header(unixPaths('', 'x'.repeat(108)), { family: 0x31 }),
    { source: { address: 'unix:', port: null }, destination: { address: `unix:${'x'.repeat(108)}`, port: null } },
  ],
  ['v2 LOCAL', v2Header(new Uint8Array(), { command: 0x20, family: 0 }), 'own'],
  ['v2 LOCAL, with addresses that have no meaning', v2Header(Buffer.alloc(40), { command: 0x20, family: 0xff }), 'own'],
  ['v2 of an unspecified family', v2Header(Buffer.alloc(7), { family: 0 }), 'own'],
]

describe.each(VALID)('a header: %s', (_, header, expected) => {
  it('is read, and nothing behind it', () => {
    expect(read([Buffer.concat([header, latin1('GET / HTTP/1.1\r\n')])])).toEqual({
      said: expected,
      left: latin1('GET / HTTP/1.1\r\n'),
    })
  })

  it('is read when it is cut anywhere', () => {
    // Long TLVs are all alike.
    const offsets = Math.min(header.length, 300)
    for (let at = 0; at <= offsets; at++) {
      const bytes = Buffer.concat([header, latin1('\r\n\r\n')])
      expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual({ said: expected, left: latin1('\r\n\r\n') })
    }
  })

  it('is read a byte at a time', () => {
    const pieces = [...header].map(byte => Uint8Array.of(byte))
    expect(read([...pieces, latin1('GET')])).toEqual({ said: expected, left: latin1('GET') })
  })

  it('is asked for as long as its last byte is missing', () => {
    expect(said(header.subarray(0, -1))).toBe('more')
  })

  it('is refused where the other version is required', () => {
    const isV1 = header[0] === 0x50
    expect(said(header, isV1 ? 'v1' : 'v2')).toEqual(expected)
    expect(said(header, isV1 ? 'v2' : 'v1')).toMatch(/^expected version [12]$/)
  })
})

describe('a header of version 1 is refused', () => {
  const line = (rest: string): string => `PROXY ${rest}\r\n`
  it.each([
    'TCP4 203.0.113.9 192.0.2.2 47011',
    'TCP4 203.0.113.9 192.0.2.2 47011 443 ',
    'TCP4 203.0.113.9 192.0.2.2 47011 443 1',
    'TCP4  203.0.113.9 192.0.2.2 47011 443',
    'TCP4 203.0.113.9 192.0.2.2 047011 443',
    'TCP4 203.0.113.9 192.0.2.2 47011 00',
    'TCP4 203.0.113.9 192.0.2.2 47011 65536',
    'TCP4 203.0.113.9 192.0.2.2 -1 443',
    'TCP4 203.0.113.9 192.0.2.2 1e3 443',
    'TCP4 203.0.113.009 192.0.2.2 47011 443',
    'TCP4 203.0.113 192.0.2.2 47011 443',
    'TCP4 2001:db8::9 2001:db8::1 47011 443',
    'TCP6 203.0.113.9 192.0.2.2 47011 443',
    'TCP6 [2001:db8::9] 2001:db8::1 47011 443',
    'TCP6 fe80::1%eth0 2001:db8::1 47011 443',
    'UDP4 203.0.113.9 192.0.2.2 47011 443',
    'tcp4 203.0.113.9 192.0.2.2 47011 443',
    'unknown',
    'UNKNOWN\t',
    '',
    ' TCP4 203.0.113.9 192.0.2.2 47011 443',
  ])('for its words: %j', rest => expect(said(line(rest))).toBe('malformed line'))

  it.each(['PROXY TCP4 203.0.113.9 192.0.2.2 47011 443\n', 'PROXY TCP4\r203.0.113.9', 'PROXY \r\r\n'])(
    'for a bare CR or LF: %j',
    text => expect(said(text)).toBe('bare CR or LF'),
  )

  it.each(['GET / HTTP/1.1\r\n', 'PROXYTCP4', 'proxy TCP4 ', 'PRI * HTTP/2.0\r\n', '\x16\x03\x01'])(
    'for being none: %j',
    text => expect(said(text)).toBe('no PROXY header'),
  )

  it('at its first wrong byte', () => {
    const reader = new HeaderReader('auto')
    expect(reader.read(latin1('PRO'))).toBe('more')
    expect(reader.read(latin1('X'))).toBe('more')
    expect(reader.read(latin1('I'))).toBe('failed')
  })

  it('for a 108th byte, however its bytes come', () => {
    const text = `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`
    const why = 'no end of line within 107 bytes'
    expect(said(text)).toBe(why)
    expect(read([...latin1(text)].map(byte => Uint8Array.of(byte))).said).toBe(why)
    expect(said('PROXY '.padEnd(107, 'x'))).toBe(why)
    expect(said('PROXY '.padEnd(106, 'x'))).toBe('more')
  })
})

describe('a header of version 2 is refused', () => {
  it.each([
    ['for its version', v2Header(Buffer.alloc(12), { command: 0x11 }), 'unknown version'],
    ['for its command', v2Header(Buffer.alloc(12), { command: 0x22 }), 'unknown command'],
    ['for its family', v2Header(Buffer.alloc(216), { family: 0x41 }), 'unknown address family or transport'],
    ['for its transport', v2Header(Buffer.alloc(216), { family: 0x13 }), 'unknown address family or transport'],
    [
      'for less than the addresses of IPv4',
      v2Header(Buffer.alloc(11), { family: 0x11 }),
      'too short for its addresses',
    ],
    [
      'for less than the addresses of IPv6',
      v2Header(Buffer.alloc(35), { family: 0x21 }),
      'too short for its addresses',
    ],
    ['for less than the paths', v2Header(Buffer.alloc(215), { family: 0x31 }), 'too short for its addresses'],
    ['for its length', v2Header(Buffer.alloc(16 * 1024 + 1)), 'more than 16384 bytes'],
    ['for its length although it is LOCAL', v2Header(Buffer.alloc(65_535), { command: 0x20 }), 'more than 16384 bytes'],
  ])('%s', (_, header, why) => {
    expect(said(header)).toBe(why)
    // As soon as it is known: nothing waits for bytes that will be refused.
    expect(said(header.subarray(0, 16))).toBe(why)
  })

  it('at the first wrong byte of its signature', () => {
    for (let at = 1; at < V2_SIGNATURE.length; at++) {
      const wrong = Buffer.from(V2_SIGNATURE.subarray(0, at + 1))
      wrong[at] = (wrong[at] as number) ^ 1
      expect(said(wrong)).toBe('no PROXY header')
    }
  })
})

describe('what a header of version 2 says of TLS', () => {
  const isSecure = (header: Uint8Array): boolean => {
    const reader = new HeaderReader('v2')
    expect(reader.read(header)).toBe('done')
    return reader.isSecure
  }
  /** As HAProxy writes it with `send-proxy-v2-ssl-cn`. */
  const DETAILS = [tlv(0x21, 'TLSv1.3'), tlv(0x22, 'client'), tlv(0x23, 'TLS_AES_256_GCM_SHA384'), tlv(0x99, '')]

  it.each([
    ['the client came over it', v2Ipv4(sslTlv(0x01)), true],
    [
      'with all the details',
      v2Ipv4(Buffer.concat([tlv(0x02, 'shop'), sslTlv(0x07, DETAILS, 0), tlv(0x05, 'id')])),
      true,
    ],
    ['over IPv6', v2Header(Buffer.concat([IPV6, sslTlv(0x01)]), { family: 0x21 }), true],
    ['over a UNIX socket', v2Header(Buffer.concat([unixPaths('a', 'b'), sslTlv(0x01)]), { family: 0x31 }), true],
    ['the client did not', v2Ipv4(sslTlv(0x00)), false],
    ['flags of which this is none', v2Ipv4(sslTlv(0xfe)), false],
    ['nothing', v2Ipv4(tlv(0x01, 'h2')), false],
    ['nothing, where TLS is part of something else', v2Ipv4(tlv(0x04, sslTlv(0x01))), false],
    ['nothing for the proxy itself', v2Header(sslTlv(0x01), { command: 0x20, family: 0 }), false],
    ['nothing for addresses of no known form', v2Header(sslTlv(0x01), { family: 0 }), false],
  ])('%s', (_, header, expected) => {
    expect(isSecure(header)).toBe(expected)
  })

  it.each([
    ['a type without a length', Buffer.of(0x04), 'a TLV breaks off'],
    ['half a length', Buffer.of(0x04, 0), 'a TLV breaks off'],
    ['less than a length', Buffer.of(0x04, 0, 2, 1), 'a TLV breaks off'],
    [
      'a length beyond the header behind a whole one',
      Buffer.concat([sslTlv(1), Buffer.of(4, 255, 255)]),
      'a TLV breaks off',
    ],
    ['TLS without its flags', tlv(0x20, ''), 'PP2_TYPE_SSL breaks off'],
    ['TLS with less than its start', tlv(0x20, '\x01\0\0\0'), 'PP2_TYPE_SSL breaks off'],
    ['TLS whose parts break off', sslTlv(0x01, [tlv(0x21, 'TLSv1.3').subarray(0, -1)]), 'PP2_TYPE_SSL breaks off'],
    ['TLS twice', Buffer.concat([sslTlv(1), sslTlv(0)]), 'PP2_TYPE_SSL comes twice'],
  ])('is refused for %s', (_, tlvs, why) => {
    expect(said(v2Ipv4(tlvs))).toBe(why)
    // The proxy's own connection says nothing.
    expect(said(v2Header(tlvs, { command: 0x20, family: 0 }))).toBe('own')
  })
})

it('comes to the same end for any bytes, however they are cut', () => {
  const headers = [V2_SIGNATURE, v2Ipv4(), v2Ipv4(sslTlv(1)), v2Ipv4(Buffer.of(0x20, 0, 9))]
  const start = fc.constantFrom(latin1(''), latin1('PROXY '), latin1('PROXY TCP4 1.2.3.4 '), ...headers)
  const tail = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(start, tail, fc.array(fc.nat(320), { maxLength: 5 }), (head, rest, cuts) => {
      const bytes = Buffer.concat([head, rest])
      const at = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
      const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
      const whole = read([bytes])
      const cut = read(pieces)
      expect(cut.said).toEqual(whole.said)
      if (typeof whole.said === 'object') expect(cut.left).toEqual(whole.left)
    }),
  )
})
