import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { workerEvent } from '../workers.ts'

export const lif05: readonly ConformanceCase<Bench>[] = defineCases('LIF-05', {
  'aborts draining when graceful stop begins, and no signal': async bench => {
    const server = await bench.start()
    const request = probeRequest({ script: { before: [{ watch: true }, { gate: 'answer' }] } })
    const connection = (await bench.connect(server)).request(request)
    await server.probe.event(request.key, { type: 'watching', signal: bench.signal })
    expectEqual(server.probe.of('worker', 'draining').length, 0, 'aborts of draining before the stop')
    server.signal('SIGTERM')
    await workerEvent(bench, { server, type: 'draining' })
    expectEqual(server.probe.of(request.key, 'signal').length, 0, 'aborts of signal')
    server.probe.open(request.key, 'answer')
    expectProbe(await connection.response(), request)
    await server.ended()
    expectEqual(server.probe.of('worker', 'draining').length, 1, 'aborts of draining')
  },
})
