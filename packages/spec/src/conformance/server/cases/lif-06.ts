import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { workerEvent } from '../workers.ts'

export const lif06: readonly ConformanceCase<Bench>[] = defineCases('LIF-06', {
  'awaits shutdown, once, after what was under way': async bench => {
    const server = await bench.start({ env: { NSGI_PROBE_SHUTDOWN: 'gate' } })
    const request = probeRequest({ script: { before: [{ gate: 'answer' }] } })
    const connection = (await bench.connect(server)).request(request)
    await server.probe.event(request.key, { type: 'call', signal: bench.signal })
    server.signal('SIGTERM')
    await workerEvent(bench, { server, type: 'draining' })
    await bench.quiet()
    expectEqual(server.probe.of('worker', 'stopping').length, 0, 'calls of shutdown while a request was under way')
    server.probe.open(request.key, 'answer')
    expectProbe(await connection.response(), request)
    await workerEvent(bench, { server, type: 'stopping' })
    expectEqual(server.probe.of(request.key, 'finished').length, 1, 'calls of finished before shutdown')
    expectThat(server.end === undefined, 'the server ended before shutdown had')
    server.probe.open('worker', 'shutdown')
    await server.ended()
    expectEqual(server.probe.of('worker', 'stopped').length, 1, 'shutdowns awaited')
    expectEqual(server.probe.of('worker', 'stopping').length, 1, 'calls of shutdown')
  },
})
