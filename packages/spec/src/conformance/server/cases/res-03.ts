import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Value } from '../probe/script.ts'
import { named } from '../splits.ts'

const INVALID: readonly Value[] = [
  199,
  600,
  100,
  103,
  0,
  -200,
  1000,
  200.5,
  '200',
  null,
  true,
  { $: 'undefined' },
  { $: 'nan' },
  [200],
]

export const res03: readonly ConformanceCase<Bench>[] = defineCases('RES-03', {
  'refuses a status that is no integer from 200 to 599, and 101 without an upgrade': async bench => {
    for (const status of [...INVALID, 101]) {
      const { response, connection } = await bench.exchange({ script: { response: { status } } })
      try {
        expectStatus(response, 500)
        await bench.followUp(connection, response)
      } catch (error) {
        throw named(error, `status ${JSON.stringify(status)}`)
      }
    }
  },

  'sends every other status, known or not': async bench => {
    for (const status of [200, 201, 226, 299, 300, 399, 418, 499, 511, 599]) {
      const { response, connection } = await bench.exchange({ script: { response: { status } } })
      expectStatus(response, status)
      await bench.followUp(connection, response)
    }
  },
})
