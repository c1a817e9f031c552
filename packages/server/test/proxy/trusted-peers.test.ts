import { describe, expect, it } from '@jest/globals'
import { isTrustEntry, TrustedPeers } from '../../src/proxy/trusted-peers.ts'

describe('isTrustEntry', () => {
  it.each(['*', '127.0.0.1', '::1', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '::/0', '::ffff:10.0.0.0/104'])(
    'takes %s',
    text => expect(isTrustEntry(text)).toBe(true),
  )

  it.each([
    '',
    ' ',
    'localhost',
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0',
    '010.0.0.1',
    '[::1]',
    '127.0.0.1:80',
    'fe80::1%eth0',
    '**',
    '10.*',
  ])('refuses %j', text => expect(isTrustEntry(text)).toBe(false))
})

describe('TrustedPeers', () => {
  const loopback = new TrustedPeers(['127.0.0.1', '::1'])

  it.each([
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:1::5', true],
    ['2001:0DB8:0001:0000:0000:0000:0000:0005', true],
    ['2001:db9::1', false],
  ])('knows whether %s is in its networks: %s', (address, expected) => {
    const peers = new TrustedPeers(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])
    expect(peers.trustsAddress(address)).toBe(expected)
  })

  it('knows an IPv4 peer of a socket for both families by its IPv4 address', () => {
    expect(loopback.trustsAddress('::ffff:127.0.0.1')).toBe(true)
    expect(loopback.trustsAddress('::ffff:7f00:1')).toBe(true)
    expect(loopback.trustsAddress('::ffff:127.0.0.2')).toBe(false)
    expect(new TrustedPeers(['::ffff:10.0.0.0/104']).trustsAddress('10.9.9.9')).toBe(true)
  })

  it('does not take all of IPv6 for IPv4, nor the other way round', () => {
    const ipv6 = new TrustedPeers(['::/0'])
    expect(['2001::1', '192.0.2.1', '::ffff:192.0.2.1'].map(one => ipv6.trustsAddress(one))).toEqual([
      true,
      false,
      false,
    ])
    const ipv4 = new TrustedPeers(['0.0.0.0/0'])
    expect(['2001::1', '192.0.2.1', '::ffff:192.0.2.1'].map(one => ipv4.trustsAddress(one))).toEqual([
      false,
      true,
      true,
    ])
  })

  it('looks at the address of a link-local peer, not at its interface', () => {
    const peers = new TrustedPeers(['fe80::/10'])
    expect(peers.trustsAddress('fe80::1%eth0')).toBe(true)
    expect(peers.trustsAddress('fec0::1%eth0')).toBe(false)
  })

  it('trusts peers on a UNIX socket, unless it trusts nobody', () => {
    const peer = { address: '', port: null }
    expect(loopback.trusts(peer)).toBe(true)
    expect(new TrustedPeers([]).trusts(peer)).toBe(false)
    expect(new TrustedPeers([]).isEmpty).toBe(true)
  })

  it('trusts only IP addresses', () => {
    for (const address of ['', 'unknown', '_hidden', 'localhost', 'unix:/run/x']) {
      expect(loopback.trusts({ address, port: 1 })).toBe(false)
    }
  })

  it('trusts everybody with *', () => {
    const everybody = new TrustedPeers(['10.0.0.1', '*'])
    expect(everybody.trustsAddress('203.0.113.9')).toBe(true)
    expect(everybody.trusts({ address: '', port: null })).toBe(true)
  })

  it('gives each address its own verdict, whatever was asked before', () => {
    const addresses = ['127.0.0.1', '127.0.0.1', '10.0.0.1', '127.0.0.1', '', '10.0.0.1', '::1']
    expect(addresses.map(one => loopback.trustsAddress(one))).toEqual([true, true, false, true, false, false, true])
  })

  it('throws for what is no entry', () => {
    expect(() => new TrustedPeers(['localhost'])).toThrow(RangeError)
  })
})
