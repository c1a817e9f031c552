// @fastify/websocket, unmodified, through fromNode on kirin.
import { once } from 'node:events'
import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { runKirin } from '../support/servers.ts'

describe('a fastify application with @fastify/websocket on kirin', () => {
  let server: Awaited<ReturnType<typeof runKirin>>
  beforeAll(async () => {
    server = await runKirin(new URL('../fixtures/fastify-websocket.mjs', import.meta.url))
  })
  afterAll(() => server?.stop())

  const open = (path: string): WebSocket => new WebSocket(`ws://127.0.0.1:${server.port}${path}`)
  const firstMessage = async (socket: WebSocket): Promise<string> => String((await once(socket, 'message'))[0])

  it('answers ordinary requests', async () => {
    const responses = ['/', '/both', '/missing'].map(path => fetch(`http://127.0.0.1:${server.port}${path}`))
    const [hello, both, missing] = await Promise.all(responses)
    expect(await hello?.json()).toEqual({ hello: 'fastify' })
    expect(await both?.text()).toBe('over HTTP')
    expect(missing?.status).toBe(404)
  })

  it('echoes over WebSocket, with the request at hand', async () => {
    const socket = open('/echo?as=echo:')
    await once(socket, 'open')
    socket.send('hello')
    expect(await firstMessage(socket)).toBe('echo:hello')
    socket.close()
    expect((await once(socket, 'close'))[0]).toBe(1005)
  })

  it('has routes that are both', async () => {
    const socket = open('/both')
    expect(await firstMessage(socket)).toBe('over WebSocket')
    socket.close()
  })

  it('answers an upgrade of what is no WebSocket route by the ServerResponse that it assigns to the socket', async () => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'x',
    }
    const [response] = (await once(get({ port: server.port, path: '/missing', headers }), 'response')) as [
      NodeJS.ReadableStream & { statusCode?: number },
    ]
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect(response.statusCode).toBe(404)
    expect(JSON.parse(text)).toMatchObject({ message: 'Route GET:/missing not found' })
  })
})
