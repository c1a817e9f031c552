import { afterEach, describe, expect, it } from '@jest/globals'
import type { Context } from '@nsgi/spec'
import { toNode } from '../../src/index.ts'
import { type Bridge, startBridge } from '../support/bridge.ts'

let bridge: Bridge | undefined
afterEach(async () => {
  await bridge?.stop()
  bridge = undefined
})

describe('the life of an application under node:http', () => {
  it('has one frozen context in startup, in each call and in shutdown', async () => {
    const contexts: Context[] = []
    const keep = (context: Context): void => {
      contexts.push(context)
    }
    bridge = await startBridge(
      Object.assign(
        (_request: unknown, context: Context) => {
          keep(context)
          return { status: 200 }
        },
        { startup: keep, shutdown: keep },
      ),
    )
    await bridge.ask()
    await bridge.listener.shutdown()
    await bridge.listener.shutdown()
    expect(contexts).toEqual([bridge.listener.context, bridge.listener.context, bridge.listener.context])
    expect(Object.isFrozen(contexts[0])).toBe(true)
    expect(contexts[0]).toMatchObject({ nsgi: '1.0', worker: 0, multiprocess: false, server: { name: 'node' } })
  })

  it('never shuts down what failed to start', async () => {
    const calls: string[] = []
    const listener = toNode(
      Object.assign(() => ({ status: 200 }), {
        startup: () => {
          throw new Error('no database')
        },
        shutdown: () => calls.push('shutdown'),
      }),
    )
    await expect(listener.startup()).rejects.toThrow('no database')
    await listener.shutdown()
    expect(calls).toEqual([])
  })

  it('aborts draining and closes connections once it drains', async () => {
    bridge = await startBridge((_request, { draining }) => ({ status: 200, body: String(draining.aborted) }))
    const keepAlive = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    bridge.listener.drain()
    const [response] = await bridge.ask(keepAlive)
    expect(response).toMatchObject({
      body: 'true',
      headers: expect.arrayContaining([['Connection', 'close']]) as unknown,
    })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('broken')
      },
    ],
  ])('answers 500 without detail when the application %s', async (_how, application) => {
    bridge = await startBridge(application)
    expect((await bridge.ask())[0]).toMatchObject({
      statusLine: 'HTTP/1.1 500 Internal Server Error',
      body: 'Internal Server Error\n',
    })
    expect(bridge.logged).toEqual([
      expect.objectContaining({ err: expect.objectContaining({ message: 'broken' }) as unknown }),
    ])
  })
})
