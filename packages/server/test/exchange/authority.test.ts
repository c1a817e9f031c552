import { describe, expect, it } from '@jest/globals'
import { isAuthority, isAuthorityForm, isHost } from '../../src/exchange/authority.ts'

const ADDRESSES = [
  '::',
  '::1',
  '1::',
  '1:2:3:4:5:6:7:8',
  '1::8',
  'FE80::a',
  '::ffff:192.0.2.1',
  '1:2:3:4:5:6:192.0.2.1',
]
const NO_ADDRESSES = [
  '',
  ':',
  ':::',
  '1',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '1::2::3',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
  '12345::',
  'g::',
  '192.0.2.1',
  '::256.0.2.1',
  '::192.0.2',
  '192.0.2.1::',
  'fe80::1%25eth0',
  'v1.a',
  '[::1]',
]

describe('a Host', () => {
  it.each(['', 'a', 'a.example.', 'A_b-c~d', '192.0.2.1', 'a:80', 'a:', 'a:65535', '%41b', "!$&'()*+;=", '[::1]:80'])(
    'may be %j',
    host => expect(isHost(host)).toBe(true),
  )

  it.each([
    ':80',
    ':',
    'a:65536',
    'a:000080',
    'a:b',
    'a:1:2',
    'a b',
    'a,b',
    'u@a',
    'a/',
    'a?',
    'a#',
    'a\\',
    '"a"',
    'caf\xe9',
    '%4',
    '%zz',
    '::1',
    '[::1',
    '::1]',
    '[::1]a',
    'a[::1]',
  ])('may not be %j', host => expect(isHost(host)).toBe(false))

  it.each(ADDRESSES)('may be the address %s', address => expect(isHost(`[${address}]`)).toBe(true))
  it.each(NO_ADDRESSES)('may not be the address %j', address => expect(isHost(`[${address}]`)).toBe(false))
})

describe('the authority of a target', () => {
  it('is a host, but not empty', () => {
    expect(isAuthority('a:80')).toBe(true)
    expect(isAuthority('')).toBe(false)
  })

  it('has a port for CONNECT', () => {
    for (const target of ['a:443', '[::1]:443']) expect(isAuthorityForm(target)).toBe(true)
    for (const target of ['a', 'a:', ':443', 'a:65536', '']) expect(isAuthorityForm(target)).toBe(false)
  })
})
