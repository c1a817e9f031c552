// Chaos, briefly: the same code as `npm run torture -- chaos`, against a real kirin with two workers.
import { createServer, type Socket } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { runChaos } from '../../src/chaos/chaos.ts'
import { Load } from '../../src/chaos/load.ts'
import { SHORT } from '../../src/chaos/scenarios.ts'

describe('kirin under chaos', () => {
  it('loses nothing but what was in flight on a worker that was killed', async () => {
    const report = await runChaos({
      server: 'kirin',
      scenario: SHORT,
      seed: 20_261_127,
      times: 1,
      workers: 2,
      clients: 16,
    })
    expect(report?.faults).toEqual([])
    expect(report?.counts.answered).toBeGreaterThan(100)
    // A worker may be killed within an answer, too.
    const { reset = 0, truncated = 0 } = report?.counts ?? {}
    expect(reset + truncated).toBe(report?.excused)
    // Long enough for a machine on which every start of a worker takes many seconds.
  }, 300_000)
})

describe('the load', () => {
  it.each<[string, (socket: Socket) => void, string]>([
    ['reset', socket => socket.resetAndDestroy(), 'reset'],
    ['closed without an answer', socket => socket.end(), 'reset'],
    ['broken off', socket => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'), 'truncated'],
    ['answered with an error', socket => socket.write('HTTP/1.1 503 Sorry\r\nContent-Length: 0\r\n\r\n'), 'wrong'],
    ['answered with another body', socket => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!'), 'wrong'],
    ['answered with nonsense', socket => socket.write('nonsense\r\n\r\n'), 'wrong'],
  ])('counts requests that are %s', async (_, answer, fate) => {
    const server = createServer(socket => {
      socket.on('error', () => undefined)
      socket.on('data', () => answer(socket))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const load = new Load({ port, clients: 2, seed: 1, pause: 1 })
    while (load.fates.total < 5) await new Promise(resolve => setTimeout(resolve, 5))
    server.close()
    const { counts, total } = await load.stop()
    expect(counts).toMatchObject({ answered: 0, [fate]: total - counts.refused })
  })

  it('counts connections that nobody takes', async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    await new Promise(resolve => server.close(resolve))
    const load = new Load({ port, clients: 1, seed: 1, pause: 1 })
    while (load.fates.total === 0) await new Promise(resolve => setTimeout(resolve, 5))
    const { counts, losses } = await load.stop()
    expect(counts.refused).toBeGreaterThan(0)
    expect(losses[0]).toMatchObject({
      fate: 'refused',
      pid: undefined,
      detail: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
