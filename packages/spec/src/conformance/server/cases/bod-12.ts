import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

/** A tebibyte: whoever limits bodies at all limits this one. */
const LENGTH = 2 ** 40

export const bod12: readonly ConformanceCase<Bench>[] = defineCases('BOD-12', {
  'answers 413 to a body beyond its limit, or reads on; the body never looks whole': async bench => {
    const request = probeRequest({
      method: 'POST',
      fields: [`Content-Length: ${LENGTH}`],
      body: 'abc',
      script: { before: [{ read: 'all' }] },
    })
    const connection = await bench.connect()
    connection.request(request)
    await bench.quiet()
    const answered = connection.reader.waiting.length > 0
    if (answered) expectEqual((await connection.response()).status, 413, 'the status')
    connection.close()
    const called = bench.probe.of(request.key, 'call').length > 0
    expectThat(called || answered, 'the application was not called and no answer was given')
    if (called) await bench.event(request.key, 'body-error')
    return answered ? undefined : 'no limit on the size of a body showed'
  },
})
