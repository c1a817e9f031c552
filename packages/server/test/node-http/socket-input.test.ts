import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from '@jest/globals'
import { createServer } from '../../src/node-http/index.ts'
import { readFrom } from '../../src/node-http/socket-input.ts'
import { connect, listening } from '../support/on-both.ts'

const KIB = 1024

/** Bytes of which no two places are alike. */
function bulk(size: number, from: number): Buffer {
  const words = new Uint32Array(size / 4)
  for (let at = 0; at < words.length; at++) words[at] = Math.imul(from + at, 2_654_435_761)
  return Buffer.from(words.buffer)
}

const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 5))

const unexpected = (): never => {
  throw new Error('the reads went through the socket')
}

/** A server that answers a body when it has all of it, and the pieces of each by its path. */
async function receiving(): Promise<{ readonly port: number; readonly pieces: Map<string | undefined, Buffer[]> }> {
  const pieces = new Map<string | undefined, Buffer[]>()
  const server = createServer((req: IncomingMessage, res) => {
    const kept: Buffer[] = []
    pieces.set(req.url, kept)
    req.on('data', (piece: Buffer) => kept.push(piece)).on('end', () => res.end(`got ${req.url}`))
  })
  return { port: await listening(server), pieces }
}

const headOf = (path: string, framing: string): string => `POST ${path} HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`

function chunked(bytes: Buffer, size: number): Buffer {
  const parts: (string | Buffer)[] = []
  for (let at = 0; at < bytes.length; at += size)
    parts.push(`${size.toString(16)}\r\n`, bytes.subarray(at, at + size), '\r\n')
  return Buffer.concat([...parts, '0\r\n\r\n'].map(part => Buffer.from(part)))
}

describe('what comes in on a connection of the drop-in', () => {
  it('stays as it was when it is kept, on several connections at a time and with requests behind', async () => {
    const { port, pieces } = await receiving()
    const bodies = [1, 2, 3].map(number => bulk(512 * KIB, number * 10_000_000))
    const clients = await Promise.all(bodies.map(() => connect(port)))
    for (const [at, client] of clients.entries()) {
      const body = bodies[at] as Buffer
      client.send(headOf(`/length-${at}`, `Content-Length: ${body.length}`)).send(body)
      client.send(headOf(`/chunked-${at}`, 'Transfer-Encoding: chunked')).send(chunked(body, 128 * KIB))
      client.send(headOf(`/last-${at}`, 'Content-Length: 0'))
    }
    for (const [at, client] of clients.entries()) {
      await client.until(new RegExp(`got /length-${at}[^]*got /chunked-${at}[^]*got /last-${at}`))
      for (const way of ['length', 'chunked'])
        expect(Buffer.concat(pieces.get(`/${way}-${at}`) ?? []).equals(bodies[at] as Buffer)).toBe(true)
    }
  })

  it('lands in memory that may be kept where it comes in bulk', async () => {
    const inputs: { readonly input: Buffer; readonly isOwn: boolean; readonly copy: Buffer }[] = []
    let left = 4 * KIB * KIB
    const served = createNetServer(socket => {
      served.close()
      readFrom(socket, unexpected, (input, end, isOwn) => {
        left -= end
        inputs.push({ input, isOwn, copy: Buffer.from(input.subarray(0, end)) })
        if (left === 0) socket.write('got')
        return left > 0
      })
    })
    await once(served.listen(0, '127.0.0.1'), 'listening')
    const client = await connect((served.address() as AddressInfo).port)
    const body = bulk(left, 1)
    await client.send(body).until(/got/)
    expect(Buffer.concat(inputs.map(({ copy }) => copy)).equals(body)).toBe(true)
    const own = inputs.filter(({ isOwn }) => isOwn)
    expect(own.length).toBeGreaterThan(0)
    expect(new Set(own.map(({ input }) => input.buffer)).size).toBe(own.length)
    for (const { input, copy } of own) expect(input.subarray(0, copy.length).equals(copy)).toBe(true)
  })

  it('keeps no more memory than it needs where a body in bulk is cut into small chunks', async () => {
    const { port, pieces } = await receiving()
    const client = await connect(port)
    await client
      .send(headOf('/', 'Transfer-Encoding: chunked'))
      .send(chunked(bulk(KIB * KIB, 1), KIB))
      .until(/got/)
    const kept = pieces.get('/') ?? []
    expect(Buffer.concat(kept)).toHaveLength(KIB * KIB)
    expect(kept.filter(({ buffer }) => buffer.byteLength > 2 * Buffer.poolSize)).toEqual([])
  })

  it('has no memory waiting for it where it stops in the middle, and comes whole when it goes on', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const { allocUnsafeSlow } = Buffer
    const made: WeakRef<Buffer>[] = []
    // Watched by hand: jest keeps what a function gives that it watches.
    Buffer.allocUnsafeSlow = size => {
      const buffer = allocUnsafeSlow(size)
      made.push(new WeakRef(buffer))
      return buffer
    }
    const sockets: Socket[] = []
    let size = 0
    let hasBegun = false
    const server = createServer({ connectionsCheckingInterval: 10 }, (req: IncomingMessage, res) => {
      hasBegun = true
      req.on('data', (piece: Buffer) => (size += piece.length)).on('end', () => res.end(`got ${size}`))
    })
    server.on('connection', socket => sockets.push(socket))
    try {
      const client = await connect(await listening(server))
      client.send(headOf('/', 'Transfer-Encoding: chunked'))
      while (!hasBegun) await turn()
      // With what stands around it, as much as fills a read.
      const chunk = bulk(64 * KIB, 1).subarray(8)
      let sent = 0
      // On a slow machine reads may be small.
      while (made.length === 0) {
        sockets[0]?.pause()
        client
          .send(`${chunk.length.toString(16)}\r\n`)
          .send(chunk)
          .send('\r\n')
        sent += chunk.length
        await turn()
        sockets[0]?.resume()
        while (size < sent) await turn()
      }
      while (made.some(memory => memory.deref() !== undefined)) {
        await turn()
        collectGarbage()
      }
      await client.send('6\r\nbehind\r\n0\r\n\r\n').until(/got/)
      expect(size).toBe(sent + 6)
    } finally {
      Buffer.allocUnsafeSlow = allocUnsafeSlow
    }
  })
})
