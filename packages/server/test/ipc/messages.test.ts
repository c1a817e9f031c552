import { describe, expect, it } from '@jest/globals'
import { envelop, readFromWorker, readToWorker } from '../../src/ipc/messages.ts'
import { TrafficMeter } from '../../src/metrics/traffic.ts'
import { tlsMaterial } from '../support/certificates.ts'

function taking(...statuses: readonly number[]): TrafficMeter {
  const meter = new TrafficMeter()
  for (const status of statuses) meter.count(status, 1)
  return meter
}

describe('messages', () => {
  it('arrive as they were sent', () => {
    const failed = { type: 'failed', failure: { message: 'm', detail: null, exitCode: 4 } } as const
    expect(readFromWorker(JSON.parse(JSON.stringify(envelop(failed))))).toMatchObject(failed)
    const spent = { type: 'spent', reason: 'has served enough' } as const
    expect(readFromWorker(envelop(spent))).toMatchObject(spent)
    expect(readToWorker(envelop({ type: 'reopen-logs' }))).toMatchObject({ type: 'reopen-logs' })
    const renew = { type: 'renew-tls', tls: tlsMaterial(['server', 'shop']) } as const
    expect(readToWorker(JSON.parse(JSON.stringify(envelop(renew))))).toMatchObject(renew)
  })

  it('are heartbeats also where a worker of another version counts otherwise: then it is not known what it counted', () => {
    const stats = { requests: 1, active: 0, connections: 1, rss: 1, busyness: 0 }
    const { traffic } = taking(200)
    const trafficOf = (told: unknown) => {
      const message = readFromWorker({ kirin: 1, type: 'beat', stats: { ...stats, ...(told as object) } })
      return message?.type === 'beat' ? message.stats.traffic : 'no heartbeat'
    }
    expect(trafficOf({ traffic })).toEqual(traffic)
    for (const told of [{}, { traffic: null }, { traffic: { ...traffic, latencies: [1] } }, { traffic: 'much' }])
      expect(trafficOf(told)).toBeNull()
  })

  it.each([
    'ready',
    null,
    undefined,
    7,
    {},
    { type: 'ready' },
    { kirin: 1, type: 'reload' },
    { kirin: 1, type: 'failed' },
  ])('are not made of what an application may send over the same channel: %j', message => {
    expect(readFromWorker(message)).toBeUndefined()
    expect(readToWorker(message)).toBeUndefined()
  })
})
