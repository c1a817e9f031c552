import { afterEach, describe, expect, it } from '@jest/globals'
import { Places } from '../../src/transport/places.ts'
import { Gateway } from '../support/gateway.ts'
import { get } from '../support/memory-client.ts'

const silent = { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined }

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

describe('places for connections', () => {
  it('are full at the limit, and free below it', () => {
    const places = new Places(2, silent)
    const seen = [0, 1, 2, 3, 2, 1, 2].map(open => {
      places.update(open, () => 0)
      return places.isFull
    })
    expect(seen).toEqual([false, false, true, true, true, false, true])
  })

  it('are reported when they are taken, at most once a minute', () => {
    const reports: string[] = []
    const places = new Places(1, {
      ...silent,
      warn: (_fields: unknown, message?: string) => reports.push(message ?? ''),
    })
    for (const at of [0, 1000, 59_999, 60_000, 60_001]) {
      places.update(1, () => at)
      places.update(0, () => at)
    }
    expect(reports).toHaveLength(2)
  })

  it('are all there are on a socket that the process bound itself: further connections are closed', async () => {
    gateway = await Gateway.start(() => ({ status: 200, body: 'served' }), { maxConnections: 1 })
    const [first, second] = [await gateway.client(), await gateway.client()]
    expect(await second.rest()).toBe('')
    expect(gateway.server.counts.connections).toBe(1)
    expect(await first.send(get()).rest()).toMatch(/connection: close[^]*served/)
  })
})
