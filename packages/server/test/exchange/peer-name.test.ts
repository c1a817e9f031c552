import { expect, it } from '@jest/globals'
import { peerName } from '../../src/exchange/peer-name.ts'

it.each([
  ['192.0.2.1', 4711, '192.0.2.1:4711'],
  ['2001:db8::1', 4711, '[2001:db8::1]:4711'],
  ['fe80::1%eth0', 80, '[fe80::1%eth0]:80'],
  ['unix:/run/a.sock', null, 'unix:/run/a.sock'],
  ['', null, 'a UNIX socket'],
])('the peer %j, %j is %s', (address, port, name) => {
  expect(peerName({ address, port })).toBe(name)
})
