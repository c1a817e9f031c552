// Bodies that are node streams: whatever becomes of the response, their resources are given back.
import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import { connectTo, get, message } from '../../support/memory-client.ts'

describe('a body that is a node stream', () => {
  it('is destroyed when the client is lost while it has nothing to give: its next() is stuck (END-05, END-10)', async () => {
    const body = new PassThrough()
    const finished: unknown[] = []
    const { client } = connectTo({ status: 200, body, finished: (error?: unknown) => finished.push(error) })
    client.send(get())
    await client.settled()
    expect(client.take()).toContain('transfer-encoding: chunked')
    const closed = once(body, 'close')
    client.lose()
    await closed
    expect(body.destroyed).toBe(true)
    expect(finished).toHaveLength(1)
  })

  it('may fail after it was destroyed without anybody being hurt', async () => {
    const body = new Readable({
      read: () => undefined,
      destroy: (_error, callback) => setImmediate(callback, new Error('late')),
    })
    const { client } = connectTo({ status: 200, body })
    client.send(get())
    await client.settled()
    const closed = new Promise(resolve => body.once('close', resolve))
    client.lose()
    await closed
    expect(body.errored?.message).toBe('late')
  })

  it('is destroyed when it gives more than its content-length (RES-13)', async () => {
    const body = Readable.from(['abc', 'def'])
    const { client } = connectTo({ status: 200, headers: { 'content-length': '4' }, body })
    client.send(get())
    await client.settled()
    expect(client.take()).toMatch(/\r\n\r\nabc$/)
    expect(body.destroyed).toBe(true)
  })

  it('is destroyed for HEAD, and ends by itself when it was read (RES-17)', async () => {
    const bodies = [Readable.from(['abc']), Readable.from(['abc'])]
    const { client } = connectTo(...bodies.map(body => ({ status: 200, body })))
    client.send(message('HEAD / HTTP/1.1', 'Host: a'))
    client.send(get())
    await client.settled()
    expect(client.take()).toMatch(/3\r\nabc\r\n0\r\n\r\n$/)
    expect(bodies.map(({ destroyed }) => destroyed)).toEqual([true, true])
  })
})
