import { describe, expect, it } from '@jest/globals'
import { describe as describeObservation } from '../../src/fuzz/finding.ts'
import { observeNodeParser } from '../../src/peers/node-parser.ts'

const saw = (...pieces: string[]): string =>
  describeObservation(observeNodeParser(pieces.map(piece => Buffer.from(piece, 'latin1'))))

describe("node's parser", () => {
  it('sees requests with their bodies, in any cuts', () => {
    expect(saw('POST /a HTTP/1.1\r\nTransfer-Enc', 'oding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n', '\r\n')).toBe(
      'POST /a "x", ended',
    )
    expect(saw('QUERY /', 'b HTTP/1.1\r\nContent-Length: 1\r\n\r\n', 'xGET / HTTP/1.1\r\n\r\n')).toBe(
      'QUERY /b "x", GET /, ended',
    )
  })

  it('passes over an offer to upgrade, and stops at CONNECT', () => {
    const offer = 'GET /a HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'
    expect(saw(`${offer}GET /b HTTP/1.1\r\n\r\n`)).toBe('GET /a, GET /b, ended')
    expect(saw('CONNECT a:1 HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n')).toBe('CONNECT a:1, closed')
  })

  it('tells why it refuses, and when a stream breaks off', () => {
    expect(saw('GET / HTTP/1.1\r\nA : b\r\n\r\n')).toBe('refused (HPE_INVALID_HEADER_TOKEN)')
    expect(saw('GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\nx')).toBe(
      'GET / "x" (broken off), refused (HPE_INVALID_EOF_STATE)',
    )
  })
})
