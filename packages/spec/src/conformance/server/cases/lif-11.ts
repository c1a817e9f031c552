import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { holdAll, startWorkers } from '../workers.ts'

export const lif11: readonly ConformanceCase<Bench>[] = defineCases('LIF-11', {
  'has no client answered by the process that looks after the workers': async bench => {
    const { server, workers } = await startWorkers(bench, 2)
    const held = await holdAll(bench, server)
    const known = new Set(workers.map(({ pid }) => pid))
    for (const { pid } of held) {
      expectThat(pid !== server.pid, 'the process that was started called the application itself')
      expectThat(known.has(pid), 'a process that is no worker called the application')
    }
  },
})
