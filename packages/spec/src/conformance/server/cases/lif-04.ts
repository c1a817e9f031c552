import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { workerEvent } from '../workers.ts'

export const lif04: readonly ConformanceCase<Bench>[] = defineCases('LIF-04', {
  'gives one frozen context to startup, calls and shutdown': async bench => {
    const server = await bench.start()
    const { frozen } = await workerEvent(bench, { server, type: 'starting' })
    expectEqual(frozen, true, 'whether the context is frozen')
    await bench.ping(await bench.connect(server))
    const first = server.probe.of('first', 'call')[0]
    expectEqual([first?.['sameContext'], first?.['nsgi']], [true, '1.0'], 'the same context in a call, and its nsgi')
    server.signal('SIGTERM')
    const stopping = await workerEvent(bench, { server, type: 'stopping' })
    expectEqual(stopping['sameContext'], true, 'the same context in shutdown')
  },
})
