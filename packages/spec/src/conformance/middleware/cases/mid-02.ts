import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { deliver, type MiddlewareBench, requestOf, settle } from '../bench.ts'
import { responses } from '../responses.ts'
import { changesOf } from '../watched-response.ts'

export const mid02: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-02', {
  'leaves the request that it was given as it was': async bench => {
    for (const response of responses()) {
      const request = requestOf(bench.request)
      const change = changesOf(request)
      const { outer } = await bench.attempt(response, request)
      await outer?.readFor(1000)
      await outer?.end()
      await settle()
      const member = change()
      expectThat(member === undefined, `${member} of the request that it was given is another now`)
    }
  },

  'leaves the response that it was given as it was': async bench => {
    for (const response of responses()) {
      const { outer, watched } = await bench.pass(response)
      await deliver(outer)
      await settle()
      const member = watched.change()
      expectThat(member === undefined, `${member} of the application's response is another now`)
    }
  },
})
