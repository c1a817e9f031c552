// The application that a server under test loads: an NSGI application with both hooks. What it does with a request stands in
// that request (script.ts); what it sees goes into the directory that NSGI_PROBE_DIR names (events.ts).
//
// NSGI_PROBE_STARTUP: `throw` fails in startup, `gate` waits in it for the gate `startup`. NSGI_PROBE_SHUTDOWN: `gate` waits there.
import type { Application } from '../../../application.ts'
import type { Context } from '../../../context.ts'
import { gate, tell } from './events.ts'
import { handle } from './handle.ts'

/** The key of events that belong to the worker. */
const WORKER = 'worker'

let known: Context | undefined

const application: Application = (request, context) => {
  const { worker, multiprocess, nsgi } = context
  return handle(request, { sameContext: context === known, worker, multiprocess, nsgi })
}

/** What the members of the context are not (LIF-13), in words; empty where all is well. */
function faults(context: Context): readonly string[] {
  const { server, log, extensions, draining } = context
  const found: (readonly [boolean, string])[] = [
    [context.nsgi === '1.0', 'nsgi is not 1.0'],
    [typeof server?.name === 'string' && typeof server.version === 'string', 'server has no name or no version'],
    [Number.isInteger(context.worker) && context.worker >= 0, 'worker is no number from 0'],
    [typeof context.multiprocess === 'boolean', 'multiprocess is no boolean'],
    [draining instanceof AbortSignal && !draining.aborted, 'draining is no signal that has yet to abort'],
    [
      [log?.error, log?.warn, log?.info, log?.debug].every(method => typeof method === 'function'),
      'log lacks a method',
    ],
    [
      typeof extensions === 'object' && extensions !== null && !Object.values(extensions).includes(undefined),
      'extensions is no record of what there is',
    ],
  ]
  return found.flatMap(([well, fault]) => (well ? [] : [fault]))
}

Object.assign(application, {
  async startup(context: Context) {
    known = context
    const { worker } = context
    tell(WORKER, 'starting', { worker, frozen: Object.isFrozen(context), faults: faults(context) })
    context.draining.addEventListener('abort', () => tell(WORKER, 'draining', { worker: context.worker }))
    if (process.env['NSGI_PROBE_STARTUP'] === 'throw') throw new Error('the probe was told to fail in startup')
    if (process.env['NSGI_PROBE_STARTUP'] === 'gate') await gate(WORKER, 'startup', { holds: true })
    tell(WORKER, 'started', { worker: context.worker })
  },
  async shutdown(context: Context) {
    tell(WORKER, 'stopping', { worker: context.worker, sameContext: context === known })
    if (process.env['NSGI_PROBE_SHUTDOWN'] === 'gate') await gate(WORKER, 'shutdown', { holds: true })
    tell(WORKER, 'stopped', { worker: context.worker })
  },
})

// oxlint-disable-next-line import/no-default-export -- servers load an application's default export
export default application
