import { describe, expect, it } from '@jest/globals'
import { parseForwardedFor, parseNode } from '../../../src/proxy/forwarded/node-name.ts'

describe('parseNode', () => {
  it.each([
    ['192.0.2.43', '192.0.2.43', null],
    ['192.0.2.43:47011', '192.0.2.43', 47_011],
    ['192.0.2.43:0', '192.0.2.43', 0],
    ['192.0.2.43:_port', '192.0.2.43', null],
    ['[2001:db8:cafe::17]', '2001:db8:cafe::17', null],
    ['[2001:db8:cafe::17]:4711', '2001:db8:cafe::17', 4711],
    ['unknown', 'unknown', null],
    ['UNKNOWN', 'unknown', null],
    ['unknown:80', 'unknown', 80],
    ['_gazonk', '_gazonk', null],
    ['_SEVKISEK-1.x:_b', '_SEVKISEK-1.x', null],
  ])('reads %s (RFC 7239 §6)', (text, address, port) => {
    expect(parseNode(text)).toEqual({ address, port })
  })

  it.each([
    '',
    '2001:db8::1',
    '[2001:db8::1',
    '[192.0.2.1]',
    '[]',
    '[::1]x',
    '[::1]:',
    '[fe80::1%eth0]',
    '192.0.2.43:',
    '192.0.2.43:65536',
    '192.0.2.43:123456',
    '192.0.2.43:-1',
    '192.0.2.43:8 0',
    '192.0.2',
    '192.0.2.256',
    '192.000.2.1',
    ' 192.0.2.1',
    '_',
    '_a b',
    'hidden',
    'localhost',
    'unix:',
  ])('refuses %j', text => expect(parseNode(text)).toBeUndefined())
})

describe('parseForwardedFor', () => {
  it.each([
    ['192.0.2.43', '192.0.2.43', null],
    ['192.0.2.43:47011', '192.0.2.43', 47_011],
    ['2001:db8::1', '2001:db8::1', null],
    ['[2001:db8::1]', '2001:db8::1', null],
    ['[2001:db8::1]:4711', '2001:db8::1', 4711],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1', null],
    ['unknown', 'unknown', null],
    ['unix:', '', null],
  ])('reads %s', (text, address, port) => {
    expect(parseForwardedFor(text)).toEqual({ address, port })
  })

  it.each([
    '',
    '"192.0.2.1"',
    '_hidden',
    'example.org',
    'fe80::1%eth0',
    '192.0.2.1;',
    'unix:/run/x',
    '127.1',
    '0x7f.1',
  ])('refuses %j', text => expect(parseForwardedFor(text)).toBeUndefined())
})
