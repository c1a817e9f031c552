import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, fail } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { holdAll, startWorkers, workerEvent } from '../workers.ts'

export const lif10: readonly ConformanceCase<Bench>[] = defineCases('LIF-10', {
  'loses only the requests of a worker that is killed': async bench => {
    const { server } = await startWorkers(bench, 2)
    const held = await holdAll(bench, server)
    const pids = [...new Set(held.map(({ pid }) => pid))]
    const victim = pids[0] ?? fail('no worker has a request')
    process.kill(victim, 'SIGKILL')
    for (const { connection, pid } of held) if (pid === victim) await connection.end()
    for (const { connection, request, pid } of held) {
      if (pid === victim) continue
      server.probe.open(request.key, 'answer')
      expectProbe(await connection.response(), request)
    }
    await workerEvent(bench, { server, type: 'started', count: 3 })
    await bench.ping(await bench.connect(server))
    expectEqual(server.end, undefined, 'the end of the server')
  },
})
