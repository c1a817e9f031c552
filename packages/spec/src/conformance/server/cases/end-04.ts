import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const end04: readonly ConformanceCase<Bench>[] = defineCases('END-04', {
  'answers a client that has ended its sending side, and does not call it lost': async bench => {
    const request = probeRequest({ script: { before: [{ watch: true }, { gate: 'answer' }] } })
    const connection = await bench.connect()
    connection.request(request).halfClose()
    await bench.event(request.key, 'watching')
    await bench.quiet()
    expectEqual(bench.probe.of(request.key, 'signal').length, 0, 'aborts of the signal')
    bench.open(request.key, 'answer')
    expectProbe(await connection.response(), request)
    expectEqual((await bench.event(request.key, 'finished'))['error'], null, 'the error of finished')
  },

  'sends it all of a stream, and of pipelined requests': async bench => {
    const body = { $: 'async', steps: [{ yield: 'one' }, { gate: 'on' }, { yield: 'two' }] } as const
    const first = probeRequest({ script: { response: { body } } })
    const second = probeRequest()
    const connection = await bench.connect()
    connection.expect('GET').expect('GET')
    connection.send(Buffer.concat([first.bytes, second.bytes])).halfClose()
    const head = await connection.head()
    expectEqual((await connection.chunk()).toString('latin1'), 'one', 'the first chunk')
    bench.open(first.key, 'on')
    expectEqual((await connection.body(head)).body.toString('latin1'), 'two', 'the rest')
    expectProbe(await connection.response(), second)
    await connection.end()
  },
})
