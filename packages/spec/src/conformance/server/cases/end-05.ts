import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { BodyStep } from '../probe/script.ts'
import { probeRequest } from '../request.ts'

/** The events whose order counts. */
const PARTS = ['signal', 'return', 'finished']

export const end05: readonly ConformanceCase<Bench>[] = defineCases('END-05', {
  'tells the signal, then the iterator, then finished, when the client is lost': async bench => {
    const request = streaming([{ yield: 'a' }, { gate: 'never' }])
    const connection = await bench.connect()
    await connection.request(request).head()
    await connection.chunk()
    connection.reset()
    await bench.event(request.key, 'finished')
    expectEqual(order(bench, request.key), PARTS, 'the order of events')
    bench.open(request.key, 'never')
  },

  'keeps that order where the server itself breaks off': async bench => {
    const request = streaming([{ yield: 'a' }, { yield: 17 }, { yield: 'b' }])
    const connection = await bench.connect()
    connection.request(request)
    await connection.reader.toClose('the end of the connection')
    await bench.event(request.key, 'finished')
    expectEqual(order(bench, request.key), PARTS, 'the order of events')
  },
})

function streaming(steps: readonly BodyStep[]): ReturnType<typeof probeRequest> {
  return probeRequest({ script: { before: [{ watch: true }], response: { body: { $: 'async', steps } } } })
}

function order(bench: Bench, key: string): readonly string[] {
  return bench.probe
    .of(key)
    .map(({ type }) => type)
    .filter(type => PARTS.includes(type))
}
