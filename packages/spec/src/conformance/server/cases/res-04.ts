import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectStatus } from '../bench.ts'
import type { BodySource, Value } from '../probe/script.ts'

const KINDS: readonly (readonly [Value | BodySource, string])[] = [
  [null, ''],
  [{ $: 'undefined' }, ''],
  ['', ''],
  ['text', 'text'],
  [{ $: 'bytes', hex: '00ff0d0a' }, '\0\xff\r\n'],
  [{ $: 'async', steps: [{ yield: 'a' }, { yield: { $: 'bytes', hex: 'ff' } }] }, 'a\xff'],
  [{ $: 'sync', steps: [{ yield: 'a' }, { yield: 'b' }] }, 'ab'],
  [['a', 'b'], 'ab'],
  [{ $: 'both', steps: [{ yield: 'right' }] }, 'right'],
  [{ $: 'generator', steps: [{ yield: 'a' }] }, 'a'],
  [{ $: 'stream', steps: [{ yield: 'a' }, { yield: 'b' }] }, 'ab'],
]

export const res04: readonly ConformanceCase<Bench>[] = defineCases('RES-04', {
  'sends each kind of body, an asynchronous iterable before a synchronous one': async bench => {
    for (const [body, text] of KINDS) {
      const { response, connection } = await bench.exchange({ script: { response: { body } } })
      expectStatus(response, 200)
      expectEqual(response.body.toString('latin1'), text, `the body of ${JSON.stringify(body)}`)
      await bench.followUp(connection, response)
    }
  },

  'refuses what is none of them': async bench => {
    for (const body of [0, 42, true, false, {}, { length: 1 }, { $: 'function' }, { $: 'symbol' }] as const) {
      const { response, connection } = await bench.exchange({ script: { response: { body } } })
      expectStatus(response, 500)
      await bench.followUp(connection, response)
    }
  },
})
