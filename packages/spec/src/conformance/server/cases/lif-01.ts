import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import type { ServerProcess } from '../server-process.ts'
import type { Connection } from '../wire/connection.ts'
import { accepting, workerEvent } from '../workers.ts'

/** How often a connection is tried while nobody should answer one, and after how many milliseconds again. */
const ATTEMPTS = 20
const INTERVAL = 10

/** Turns of its loop in which a server would have accepted, read, and called the application: one for each, and a few more. */
const TURNS = 10

export const lif01: readonly ConformanceCase<Bench>[] = defineCases('LIF-01', {
  'awaits startup before it answers anything, and calls it once': async bench => {
    const server = await bench.launch({ env: { NSGI_PROBE_STARTUP: 'gate' } })
    await workerEvent(bench, { server, type: 'starting' })
    // The operating system may take the connection already; the worker must not.
    const request = probeRequest()
    const early = await firstConnection(bench, server)
    early?.request(request)
    await bench.quiet()
    for (let count = 0; count < TURNS; count += 1) await turn(bench, server)
    expectEqual(server.probe.of(request.key, 'call').length, 0, 'calls before startup had ended')
    early?.expectNothing('before startup had ended')
    server.probe.open('worker', 'startup')
    await workerEvent(bench, { server, type: 'started' })
    if (early === undefined) await accepting(bench, server)
    else expectProbe(await early.response(), request)
    expectEqual(server.probe.of('worker', 'starting').length, 1, 'calls of startup')
    expectThat(server.end === undefined, 'the server ended')
  },
})

/** A connection as soon as one is accepted, or `undefined` where none is for a while: a server may accept a little later. */
async function firstConnection(bench: Bench, server: ServerProcess): Promise<Connection | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const connection = await bench.connect(server).catch(() => undefined)
    if (connection !== undefined) return connection
    await new Promise(resolve => setTimeout(resolve, INTERVAL))
    await turn(bench, server)
  }
  return undefined
}

/** One turn of the loop of the process that is in its startup. */
function turn({ signal }: Bench, { probe }: ServerProcess): Promise<void> {
  return probe.turn('worker', 'startup', signal)
}
