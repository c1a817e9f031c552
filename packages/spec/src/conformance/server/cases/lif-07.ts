import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { saysClose } from '../wire/response.ts'
import { workerEvent } from '../workers.ts'

export const lif07: readonly ConformanceCase<Bench>[] = defineCases('LIF-07', {
  'stops accepting, closes idle connections, and answers the rest with connection: close': async bench => {
    const server = await bench.start()
    const idle = await bench.connect(server)
    await bench.ping(idle)
    const request = probeRequest({ script: { before: [{ gate: 'answer' }] } })
    const busy = (await bench.connect(server)).request(request)
    await server.probe.event(request.key, { type: 'call', signal: bench.signal })
    server.signal('SIGTERM')
    await workerEvent(bench, { server, type: 'draining' })
    await idle.end()
    const late = probeRequest()
    const refused = await bench.connect(server).catch(() => undefined)
    refused?.request(late)
    server.probe.open(request.key, 'answer')
    const response = await busy.response()
    expectProbe(response, request)
    expectThat(saysClose(response), 'the response does not say close')
    await busy.end()
    await server.ended()
    expectEqual(server.probe.of(late.key, 'call').length, 0, 'calls for a connection made after the stop began')
  },
})
