import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { workerEvent } from '../workers.ts'

export const lif13: readonly ConformanceCase<Bench>[] = defineCases('LIF-13', {
  'gives a context with all its members': async bench => {
    const server = await bench.start()
    const { faults } = await workerEvent(bench, { server, type: 'starting' })
    expectEqual(faults, [], 'what is wrong with the context')
  },
})
