import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { startWorkers } from '../workers.ts'

export const lif12: readonly ConformanceCase<Bench>[] = defineCases('LIF-12', {
  'drops no request over a reload, where it offers one (--reload-signal)': {
    timeout: 30_000,
    run: async bench => {
      const { reloadSignal } = bench.server
      if (reloadSignal === undefined) return 'the server offers no reload'
      const { server } = await startWorkers(bench, 2)
      const held = probeRequest({ script: { before: [{ gate: 'answer' }] } })
      const busy = (await bench.connect(server)).request(held)
      await server.probe.event(held.key, { type: 'call', signal: bench.signal })
      server.signal(reloadSignal)
      // Requests without a pause until the new workers have started: each must be answered.
      const before = new Set(server.probe.of('worker', 'started').map(({ pid }) => pid))
      while (new Set(server.probe.of('worker', 'started').map(({ pid }) => pid)).size < before.size * 2) {
        await bench.ping(await bench.connect(server))
        expectThat(!bench.signal.aborted, 'no new workers started')
      }
      server.probe.open(held.key, 'answer')
      expectProbe(await busy.response(), held)
      return undefined
    },
  },
})
