import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

export const res29: readonly ConformanceCase<Bench>[] = defineCases('RES-29', {
  'sends responses in the order of their requests, whichever is ready first': async bench => {
    const slow = probeRequest({ script: { before: [{ gate: 'slow' }] } })
    const steps = [{ yield: 'a' }, { yield: 'b' }]
    const streamed = probeRequest({ script: { response: { body: { $: 'async', steps } } } })
    const fast = probeRequest()
    const connection = await bench.connect()
    connection.expect('GET').expect('GET').expect('GET')
    connection.send(Buffer.concat([slow.bytes, streamed.bytes, fast.bytes]))
    await bench.event(slow.key, 'call')
    await bench.quiet()
    connection.expectNothing('before the first response was there')
    bench.open(slow.key, 'slow')
    expectProbe(await connection.response(), slow)
    expectEqual((await connection.response()).body.toString('latin1'), 'ab', 'the second body')
    expectProbe(await connection.response(), fast)
  },
})
