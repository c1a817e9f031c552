import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { Value } from '../probe/script.ts'
import { named } from '../splits.ts'
import { valueOf } from '../wire/response.ts'

const VALUES: readonly Value[] = [
  'a\r\nb: c',
  'a\nb',
  'a\rb',
  'a\0b',
  '\u0100',
  '€',
  '\r\n',
  'a\n',
  42,
  true,
  null,
  { a: 'b' },
  ['a', 'b\r\nc'],
  ['a', 42],
]

export const res07: readonly ConformanceCase<Bench>[] = defineCases('RES-07', {
  'refuses values with CR, LF, NUL or characters above U+00FF, and what is no string': async bench => {
    for (const value of VALUES) {
      const { response, connection } = await bench.exchange({ script: { response: { headers: { 'x-v': value } } } })
      try {
        expectStatus(response, 500)
        await bench.followUp(connection, response)
      } catch (error) {
        throw named(error, `the value ${JSON.stringify(value)}`)
      }
    }
  },

  'sends the bytes of every other value, and leaves out a field that is undefined': async bench => {
    const headers = { 'x-bytes': 'é\xff "a", b', 'x-none': { $: 'undefined' } } as const
    const { response } = await bench.exchange({ script: { response: { headers } } })
    expectStatus(response, 200)
    expectEqual(valueOf(response, 'x-bytes'), 'é\xff "a", b', 'x-bytes')
    expectEqual(valueOf(response, 'x-none'), undefined, 'x-none')
  },
})
