import { describe, expect, it } from '@jest/globals'
import { formatBindAddress, parseBindAddress } from '../../src/config/bind-address.ts'

describe('parseBindAddress', () => {
  it.each([
    ['127.0.0.1:8000', { type: 'tcp', host: '127.0.0.1', port: 8000 }],
    ['localhost:0', { type: 'tcp', host: 'localhost', port: 0 }],
    ['[::1]:65535', { type: 'tcp', host: '::1', port: 65_535 }],
    [':80', { type: 'tcp', host: '0.0.0.0', port: 80 }],
    ['unix:/run/app.sock', { type: 'unix', path: '/run/app.sock' }],
    ['fd://3', { type: 'fd', fd: 3 }],
    ['fd://0', { type: 'fd', fd: 0 }],
    ['unix:app:1.sock', { type: 'unix', path: 'app:1.sock' }],
  ])('reads %s', (text, address) => {
    expect(parseBindAddress(text)).toEqual(address)
  })

  it.each([
    '',
    '8000',
    'host',
    'host:',
    'host:65536',
    'host:-1',
    'host: 1',
    '::1:80',
    'http://host:80',
    'unix:',
    '[::1]',
    'a b:1',
    'fd://',
    'fd://-1',
    'fd://03',
    'fd://3x',
    'fd://99999999999',
  ])('refuses %j', text => {
    expect(parseBindAddress(text)).toBeUndefined()
  })

  it('refuses a socket path that the kernel could not hold', () => {
    expect(parseBindAddress(`unix:/${'x'.repeat(106)}`)).toBeDefined()
    expect(parseBindAddress(`unix:/${'x'.repeat(107)}`)).toBeUndefined()
    expect(parseBindAddress(`unix:/${'é'.repeat(60)}`)).toBeUndefined()
  })
})

describe('formatBindAddress', () => {
  it.each(['127.0.0.1:8000', '[::1]:80', 'unix:/run/app.sock'])('writes %s as it was read', text => {
    const address = parseBindAddress(text)
    expect(address && formatBindAddress(address)).toBe(text)
  })
})
