import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { startWorkers, workerEvent } from '../workers.ts'

export const lif08: readonly ConformanceCase<Bench>[] = defineCases('LIF-08', {
  'gives each living worker a number of its own': async bench => {
    const { workers } = await startWorkers(bench, 3)
    const numbers = workers.map(event => event['worker'])
    expectEqual(new Set(numbers).size, numbers.length, 'different numbers')
    expectEqual(new Set(workers.map(({ pid }) => pid)).size, numbers.length, 'different processes')
  },

  'gives a worker that replaces another no number that is in use': async bench => {
    const { server, workers } = await startWorkers(bench, 2)
    const [killed, other] = workers
    if (killed !== undefined) process.kill(killed.pid, 'SIGKILL')
    const replaced = await workerEvent(bench, { server, type: 'started', count: 3 })
    expectEqual(replaced['worker'] === other?.['worker'], false, 'the number of the one that lives')
  },
})
