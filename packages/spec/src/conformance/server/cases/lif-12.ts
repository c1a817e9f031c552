import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import type { ServerProcess } from '../server-process.ts'
import { startWorkers } from '../workers.ts'

export const lif12: readonly ConformanceCase<Bench>[] = defineCases('LIF-12', {
  'drops no request over a reload, where it offers one (--reload-signal)': async bench => {
    const { reloadSignal } = bench.server
    if (reloadSignal === undefined) return 'the server offers no reload'
    const { server, workers } = await startWorkers(bench, 2)
    const old = new Set(workers.map(({ pid }) => pid))
    const held = probeRequest({ script: { before: [{ gate: 'answer' }] } })
    const busy = (await bench.connect(server)).request(held)
    await server.probe.event(held.key, { type: 'call', signal: bench.signal })
    server.signal(reloadSignal)
    // Requests without a pause, until new workers have started and the old ones have stopped: each must be answered.
    const started = (): number => server.probe.of('worker', 'started').filter(({ pid }) => !old.has(pid)).length
    await pingUntil(() => started() >= old.size, { bench, server, what: 'no new workers started' })
    server.probe.open(held.key, 'answer')
    expectProbe(await busy.response(), held)
    const stopped = (): number => server.probe.of('worker', 'stopped').filter(({ pid }) => old.has(pid)).length
    await pingUntil(() => stopped() >= old.size, { bench, server, what: 'the old workers did not stop' })
    return undefined
  },
})

/** Makes requests, each on a connection of its own, until something is so. */
async function pingUntil(
  isSo: () => boolean,
  { bench, server, what }: { readonly bench: Bench; readonly server: ServerProcess; readonly what: string },
): Promise<void> {
  const deadline = performance.now() + 2 * bench.server.patience
  while (!isSo()) {
    await bench.ping(await bench.connect(server))
    expectThat(!bench.signal.aborted && performance.now() < deadline, what)
  }
}
