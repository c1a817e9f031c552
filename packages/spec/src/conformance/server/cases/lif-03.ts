import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'

export const lif03: readonly ConformanceCase<Bench>[] = defineCases('LIF-03', {
  'serves an application without hooks, and stops': async bench => {
    const server = await bench.start({ probe: 'bare-application' })
    await bench.ping(await bench.connect(server))
    server.signal('SIGTERM')
    await server.ended()
    expectEqual(server.probe.of('worker').length, 0, 'events of hooks')
  },
})
