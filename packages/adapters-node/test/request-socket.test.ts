import { describe, expect, it } from '@jest/globals'
import { createRequest, type RequestInit } from '@nsgi/spec/testing'
import { RequestSocket } from '../src/request-socket.ts'

/** A socket of a request, and what was asked of its owner. */
function socketOf(init: RequestInit = {}) {
  const asked: unknown[] = []
  const socket = new RequestSocket(createRequest(init), {
    destroyConnection: error => asked.push(['destroy', error?.message]),
    idleTimeout: () => asked.push('timeout'),
  })
  return { socket, asked }
}

describe('the socket of a request', () => {
  it('says where the two ends are', () => {
    const { socket } = socketOf({ remote: { address: '::1', port: 5 }, local: { address: '10.0.0.1', port: 80 } })
    expect([socket.remoteAddress, socket.remotePort, socket.remoteFamily]).toEqual(['::1', 5, 'IPv6'])
    expect([socket.localAddress, socket.localPort, socket.localFamily]).toEqual(['10.0.0.1', 80, 'IPv4'])
    expect(socket.address()).toEqual({ address: '10.0.0.1', port: 80, family: 'IPv4' })
  })

  it('has no addresses on a UNIX socket, as net.Socket', () => {
    const { socket } = socketOf({ remote: { address: '', port: null }, local: { address: '/run/x', port: null } })
    expect([socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localPort]).toEqual(
      Array(4).fill(undefined),
    )
    expect(socket.address()).toEqual({})
  })

  it('has the address of a client behind a trusted proxy, whose port nobody knows', () => {
    const { socket } = socketOf({ remote: { address: '2001:db8::7', port: null } })
    expect([socket.remoteAddress, socket.remotePort, socket.remoteFamily]).toEqual(['2001:db8::7', undefined, 'IPv6'])
    expect(socketOf({ remote: { address: 'unknown', port: null } }).socket.remoteAddress).toBeUndefined()
  })

  it.each(['destroy', 'destroySoon', 'end', 'resetAndDestroy'] as const)(
    '%s asks once for the end of the connection',
    method => {
      const { socket, asked } = socketOf()
      expect([socket.readable, socket.writable, socket.readyState]).toEqual([true, true, 'open'])
      socket[method]()
      socket[method]()
      expect(asked).toEqual([['destroy', undefined]])
      expect([socket.readable, socket.writable, socket.readyState, socket.destroyed]).toEqual([
        false,
        false,
        'closed',
        true,
      ])
    },
  )

  it('lets nobody write to the connection', () => {
    expect(() => socketOf().socket.write('HTTP/1.1 200 OK')).toThrow(
      expect.objectContaining({ code: 'ERR_METHOD_NOT_IMPLEMENTED' }),
    )
  })

  it('keeps and forgets a listener for the time it is idle', () => {
    const { socket } = socketOf()
    const listener = (): void => {}
    socket.setTimeout(60_000, listener)
    expect([socket.timeout, socket.listenerCount('timeout')]).toEqual([60_000, 1])
    socket.setTimeout(0, listener)
    expect([socket.timeout, socket.listenerCount('timeout')]).toEqual([0, 0])
    socket.detach()
  })

  it('takes what concerns a real socket without complaint', () => {
    const { socket } = socketOf()
    expect(socket.setNoDelay().setKeepAlive().ref().unref().pause().resume().setEncoding()).toBe(socket)
    socket.cork()
    socket.uncork()
    expect([socket.connecting, socket.pending]).toEqual([false, false])
  })
})
