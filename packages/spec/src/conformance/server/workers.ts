// Servers with several workers, and the events of these.
import { expectThat, skip } from '../failure.ts'
import type { Bench } from './bench.ts'
import type { ProbeEvent } from './probe-directory.ts'
import { type ProbeRequest, probeRequest } from './request.ts'
import type { Reachable, ServerProcess } from './server-process.ts'
import type { Connection } from './wire/connection.ts'

/** A process may take so many times what a wait may to start. */
const START_PATIENCE = 6

/** How many requests are held at a time, so that each of a few workers gets some. */
const HELD = 16

/** Waits for an event of a worker of this server; `count` of them where given. Gives the last of these. */
export async function workerEvent(
  bench: Bench,
  { server, type, count = 1 }: { readonly server: ServerProcess; readonly type: string; readonly count?: number },
): Promise<ProbeEvent> {
  const deadline = performance.now() + bench.server.patience * START_PATIENCE
  while (server.end === undefined && server.probe.of('worker', type).length < count && !bench.signal.aborted) {
    if (performance.now() > deadline) break
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return server.probe.event('worker', { type, count, signal: bench.signal })
}

/** Waits until the server accepts connections. */
export async function accepting(bench: Bench, server: ServerProcess): Promise<void> {
  await server.answers(bench.signal)
}

/** Starts a server with so many workers and waits for all of them. */
export async function startWorkers(
  bench: Bench,
  count: number,
): Promise<{ readonly server: ServerProcess; readonly workers: readonly ProbeEvent[] }> {
  const command = bench.server.start?.({}).command
  if (command !== undefined && !command.includes('{workers}')) skip('the command has no {workers}')
  const server = await bench.start({ workers: count })
  await workerEvent(bench, { server, type: 'started', count })
  return { server, workers: server.probe.of('worker', 'started') }
}

/** A request that waits in a worker. */
export interface Held {
  readonly connection: Connection
  readonly request: ProbeRequest
  readonly pid: number
}

/** Makes requests that wait for the gate `answer`, spread over the workers by the server. */
export async function holdAll(bench: Bench, server: Reachable): Promise<readonly Held[]> {
  const held: Held[] = []
  for (let count = 0; count < HELD; count += 1) {
    const request = probeRequest({ script: { before: [{ gate: 'answer' }] } })
    const connection = (await bench.connect(server)).request(request)
    const { pid } = await server.probe.event(request.key, { type: 'call', signal: bench.signal })
    held.push({ connection, request, pid })
  }
  expectThat(held.length > 0, 'no request was held')
  return held
}
