import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'

/** Methods of RFC 9110 and of registered extensions that every engine knows. */
const KNOWN = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'M-SEARCH']

/** Tokens that a server may know or not; where it calls the application, it tells them as they are. */
const UNUSUAL = ['get', 'Post', 'FOO', "!#$%&'*+-.^_`|~x"]

export const req02: readonly ConformanceCase<Bench>[] = defineCases('REQ-02', {
  'passes on the methods that everybody knows': async bench => {
    for (const method of KNOWN) {
      const { key, connection, response } = await bench.exchange({ method })
      expectEqual((await bench.call(key))['method'], method, 'method')
      await bench.followUp(connection, response)
    }
  },

  'passes on any other token as it is, or refuses it': async bench => {
    for (const method of UNUSUAL) {
      const { key, response } = await bench.exchange({ method })
      const calls = bench.probe.of(key, 'call')
      for (const call of calls) expectEqual(call['method'], method, 'method')
      const refused = response.status >= 400 && calls.length === 0
      expectThat(refused || calls.length === 1, `${method}: ${response.status} and ${calls.length} calls`)
    }
  },
})
