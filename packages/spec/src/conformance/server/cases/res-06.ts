import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectStatus } from '../bench.ts'
import { named } from '../splits.ts'

const NAMES = ['Content-Type', 'x-A', 'x y', 'x:', '', 'é', 'x\r\ny', 'x\0', '(x)', 'x/y']

export const res06: readonly ConformanceCase<Bench>[] = defineCases('RES-06', {
  'refuses names that are no tokens in lower case': async bench => {
    for (const name of NAMES) {
      const { response, connection } = await bench.exchange({ script: { response: { headers: { [name]: 'v' } } } })
      try {
        expectStatus(response, 500)
        await bench.followUp(connection, response)
      } catch (error) {
        throw named(error, `the name ${JSON.stringify(name)}`)
      }
    }
  },

  'sends every name that is one': async bench => {
    const { response } = await bench.exchange({ script: { response: { headers: { "x!#$%&'*+-.^_`|~09az": 'v' } } } })
    expectStatus(response, 200)
  },
})
