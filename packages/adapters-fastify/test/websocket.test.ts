// @fastify/websocket, unmodified, in an application that kirin recognises.
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { runKirin } from '../../adapters-node/test/support/servers.ts'

describe('an application with @fastify/websocket on kirin', () => {
  it('answers requests and messages, and a graceful stop ends its WebSockets', async () => {
    const { port, stop } = await runKirin(new URL('fixtures/websocket.mjs', import.meta.url))
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toEqual({ hello: 'fastify' })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`)
    await once(socket, 'open')
    socket.send('hello')
    expect(String((await once(socket, 'message'))[0])).toBe('hello')
    const closed = once(socket, 'close')
    const stopped = stop('SIGTERM')
    expect((await closed)[0]).toBe(1005)
    await stopped
  })
})
