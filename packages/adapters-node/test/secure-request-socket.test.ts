import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { createRequest, type RequestInit } from '@nsgi/spec/testing'
import { socketFor } from '../src/secure-request-socket.ts'

const pem = new URL('../../server/test/support/certificates/client.pem', import.meta.url)
const { raw, fingerprint256 } = new X509Certificate(readFileSync(pem))
const tls = { version: 'TLSv1.3', alpn: null, servername: 'example.org', peerCertificate: { raw } }

const socketOf = (init: RequestInit = {}) =>
  socketFor(createRequest(init), { destroyConnection() {}, idleTimeout() {} })

describe('the socket of a request that came by TLS', () => {
  it('tells what tls.TLSSocket tells', () => {
    const socket = socketOf({ tls })
    expect([socket.encrypted, socket.getProtocol?.(), socket.servername, socket.alpnProtocol]).toEqual([
      true,
      'TLSv1.3',
      'example.org',
      false,
    ])
    expect(socket.getPeerCertificate?.()).toEqual({ raw })
    expect(socket.getPeerX509Certificate?.()?.fingerprint256).toBe(fingerprint256)
  })

  it('takes a certificate for verified only where the server says so', () => {
    expect(socketOf({ tls }).authorized).toBe(false)
    expect(socketOf({ tls: { ...tls, authorized: true } }).authorized).toBe(true)
  })

  it('has no certificate once the connection is gone, as tls.TLSSocket', () => {
    const socket = socketOf({ tls })
    socket.detach()
    expect([socket.getPeerCertificate?.(), socket.getPeerX509Certificate?.()]).toEqual([null, undefined])
  })

  it('is encrypted and knows no more where a trusted proxy vouches for the scheme', () => {
    const socket = socketOf({ scheme: 'https' })
    expect([socket.encrypted, socket.getProtocol?.(), socket.servername, socket.authorized]).toEqual([
      true,
      null,
      undefined,
      false,
    ])
    expect(socket.getPeerCertificate?.()).toEqual({})
  })

  it('is another than that of plain HTTP, which has none of this', () => {
    const socket = socketOf()
    expect(['encrypted', 'authorized', 'getProtocol', 'getPeerCertificate'].filter(name => name in socket)).toEqual([])
  })
})
