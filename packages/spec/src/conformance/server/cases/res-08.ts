import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { BodySource, Value } from '../probe/script.ts'
import { valuesOf } from '../wire/response.ts'

const BODIES: readonly (Value | BodySource)[] = [
  null,
  'x',
  'é',
  { $: 'bytes', hex: '78' },
  { $: 'async', steps: [{ yield: 'é' }] },
  { $: 'sync', steps: [{ yield: { $: 'bytes', hex: '78' } }] },
]

export const res08: readonly ConformanceCase<Bench>[] = defineCases('RES-08', {
  'sends the same bytes of a field with each kind of body': async bench => {
    for (const body of BODIES) {
      const { response } = await bench.exchange({
        script: { response: { reason: 'Fin\xe9', headers: { 'x-v': '\xe9\x80\xff' }, body } },
      })
      expectEqual(valuesOf(response, 'x-v'), ['\xe9\x80\xff'], `x-v with the body ${JSON.stringify(body)}`)
    }
  },
})
