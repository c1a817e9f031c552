import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { workerEvent } from '../workers.ts'

export const lif13: readonly ConformanceCase<Bench>[] = defineCases('LIF-13', {
  'gives a context with all its members': async bench => {
    const { faults } = await workerEvent(bench, { server: bench.started, type: 'starting' })
    expectEqual(faults, [], 'what is wrong with the context')
  },
})
