import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { RequestOptions } from '../request.ts'

const body = { $: 'async', steps: [{ yield: 'a' }] } as const

/** Where there is no place for trailers. */
const WITHOUT: readonly RequestOptions[] = [
  { version: 'HTTP/1.0', script: { response: { body, trailers: { 'x-sum': '1' } } } },
  { script: { response: { body, headers: { 'content-length': '1' }, trailers: { 'x-sum': '1' } } } },
  { script: { response: { body: 'a', trailers: { 'x-sum': '1' } } } },
  { method: 'HEAD', script: { response: { body, trailers: { 'x-sum': '1' } } } },
]

export const res30: readonly ConformanceCase<Bench>[] = defineCases('RES-30', {
  'sends trailers behind a chunked body, each value a line': async bench => {
    const trailers = { 'x-sum': '1', 'x-many': ['2', '3'] }
    const { response, connection, key } = await bench.exchange({ script: { response: { body, trailers } } })
    const lines = response.trailers.map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    expectEqual(lines, ['x-sum: 1', 'x-many: 2', 'x-many: 3'], 'trailers')
    await bench.followUp(connection, response)
    const types = bench.probe.of(key).map(({ type }) => type)
    expectEqual(types.filter(type => type === 'trailers').length, 1, 'calls of trailers()')
    expectEqual(types.lastIndexOf('next') < types.indexOf('trailers'), true, 'trailers() after the end of the body')
  },

  'drops names that are forbidden there': async bench => {
    const trailers = {
      'content-length': '9',
      'transfer-encoding': 'chunked',
      host: 'a',
      connection: 'close',
      'x-sum': '1',
    }
    const { response, connection } = await bench.exchange({ script: { response: { body, trailers } } })
    expectEqual(
      response.trailers.map(([name]) => name.toLowerCase()),
      ['x-sum'],
      'trailers',
    )
    await bench.followUp(connection, response)
  },

  'does not ask for them where there is no place for them': async bench => {
    for (const options of WITHOUT) {
      const { response, connection, key } = await bench.exchange(options)
      await bench.event(key, 'finished')
      expectEqual(bench.probe.of(key, 'trailers').length, 0, 'calls of trailers()')
      await bench.followUp(connection, response)
    }
  },
})
