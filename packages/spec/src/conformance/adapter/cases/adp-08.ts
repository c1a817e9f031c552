import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type AdapterBench, type Exchange, settle } from '../bench.ts'

export const adp08: readonly ConformanceCase<AdapterBench>[] = defineCases('ADP-08', {
  'answers 500 to an error that nothing handles': async bench => {
    for (const route of ['GET /throw', 'GET /reject']) {
      const exchange = bench.open(route)
      expectEqual(await statusOf(exchange), 500, `${route}: the status`)
      await exchange.lose()
    }
  },

  'destroys the response where the head is out already': async bench => {
    for (const route of ['GET /fail-late', 'GET /destroy']) {
      const exchange = bench.open(route)
      const held = await exchange.response()
      const outcome = await held.readFor(3000).catch(() => 'failed')
      expectThat(
        outcome === 'failed',
        `${route}: the body ${outcome === 'open' ? 'goes on' : 'ended as if it were whole'}`,
      )
      await held.end(new Error('the body failed'))
      await exchange.until('close')
      await settle()
      expectEqual(exchange.ending, ['close'], `${route}: events`)
    }
  },
})

/** The status that a client gets: a failure is the server's 500. */
async function statusOf(exchange: Exchange): Promise<number> {
  try {
    return (await exchange.response()).response.status
  } catch (error) {
    if ((error as Error).name === 'ConformanceFailure') throw error
    return 500
  }
}
