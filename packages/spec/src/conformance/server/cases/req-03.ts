import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { atEverySplit } from '../splits.ts'

/** Targets with their methods: three of the forms; the fourth, authority-form, is for CONNECT alone. */
const TARGETS = [
  ['GET', '/'],
  ['GET', '/a%2Fb/%7euser//c/./../d;p=1?x=%20&y=?z&&'],
  ['GET', "/!$&'()*+,;=:@-._~"],
  ['GET', 'http://example.com:8080/where?q=1'],
  ['GET', 'HTTP://EXAMPLE.com/Where'],
  ['OPTIONS', '*'],
] as const

export const req03: readonly ConformanceCase<Bench>[] = defineCases('REQ-03', {
  'gives the target as it was sent, in origin, absolute and asterisk form': async bench => {
    for (const [method, target] of TARGETS) {
      const { key, connection, response } = await bench.exchange({ method, target })
      expectEqual((await bench.call(key))['target'], target, 'target')
      await bench.followUp(connection, response)
    }
  },

  'gives the same target when the request comes in two pieces, wherever it is cut': async bench => {
    const target = '/a%2Fb//c/../d?x=%20&y=?z'
    await atEverySplit(
      bench,
      () => probeRequest({ target }),
      async (response, request) => {
        expectProbe(response, request)
        const call = await bench.call(request.key)
        expectEqual([call['method'], call['target']], ['GET', target], 'method and target')
      },
    )
  },
})
