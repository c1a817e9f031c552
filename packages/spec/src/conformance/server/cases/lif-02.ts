import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { endInWords } from '../server-process.ts'
import { workerEvent } from '../workers.ts'

export const lif02: readonly ConformanceCase<Bench>[] = defineCases('LIF-02', {
  'ends with a non-zero exit status where startup fails, and never serves': async bench => {
    const server = await bench.launch({ env: { NSGI_PROBE_STARTUP: 'throw' } })
    await workerEvent(bench, { server, type: 'starting' })
    const end = await server.ended()
    expectThat(end.signal === null && end.code !== 0, `the server ended with ${endInWords(end)}`, {
      seen: server.output,
    })
    for (const type of ['started', 'stopping'])
      expectEqual(server.probe.of('worker', type).length, 0, `events "${type}"`)
  },
})
