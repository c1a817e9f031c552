import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { deliver, type MiddlewareBench, settle } from '../bench.ts'
import { htmlHeaders, longBody, pieces, responses } from '../responses.ts'

export const mid04: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-04', {
  'calls finished once, and without an error, after success': async bench => {
    for (const response of responses()) {
      const { outer, watched } = await bench.pass(response)
      await deliver(outer)
      await settle()
      expectEqual(watched.finishes.length, 1, 'calls of finished')
      expectThat(watched.finishes[0] === undefined, 'finished was told of an error, but there was none')
    }
  },

  'calls finished once, with an error, after a loss': async bench => {
    for (const response of responses()) {
      const { outer, watched } = await bench.pass(response)
      await outer.end(new Error('the client was lost'))
      await settle()
      expectEqual(watched.finishes.length, 1, 'calls of finished')
      expectThat(watched.finishes[0] !== undefined, 'finished was told of no error, but the client was lost')
    }
  },

  'passes return() on to a body that was begun': async bench => {
    const { outer, watched } = await bench.pass({ status: 200, headers: htmlHeaders(), body: longBody() })
    await outer.next()
    await outer.end(new Error('the client was lost'))
    await settle()
    expectThat(watched.body?.isLeaked === false, 'the body was closed, that of the application was not')
    expectThat((watched.body?.returns ?? 0) < 2, 'return() of the body was called more than once')
  },

  'closes a body that nobody began to read': {
    also: ['END-09'],
    run: async bench => {
      const { outer, watched } = await bench.pass({ status: 200, headers: htmlHeaders(), body: pieces() })
      await outer.end(new Error('the client was lost'))
      await settle()
      const advice = 'a generator that never started runs nothing at return(): close the inner body in finished'
      expectThat(watched.body?.isLeaked === false, `the body was closed, that of the application was not; ${advice}`)
    },
  },
})
