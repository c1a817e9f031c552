import type { Context, Logger } from '../context.ts'

/** What a context is made from; all of it is optional. */
export interface ContextInit {
  readonly server?: Context['server'] | undefined
  /** `0`. */
  readonly worker?: number | undefined
  /** `false`. */
  readonly multiprocess?: boolean | undefined
  /** Abort it to begin a graceful stop (LIF-05). */
  readonly draining?: AbortSignal | undefined
  /** Whoever wants to see what was logged gives their own; by default nothing is kept. */
  readonly log?: Logger | undefined
  readonly extensions?: Context['extensions'] | undefined
}

/** A context of ours belongs to no worker: `lint` does not ask whether it had its startup. */
const made = new WeakSet<object>()

/** Whether a value was made by `createContext`. */
export function isCreatedContext(value: object): boolean {
  return made.has(value)
}

/** A frozen context (LIF-04), as of a server with one worker and no extensions if nothing else is said. */
export function createContext(init: ContextInit = {}): Context {
  const context: Context = Object.freeze({
    nsgi: '1.0',
    server: Object.freeze({ name: 'nsgi-testing', version: '1.0', ...init.server }),
    worker: init.worker ?? 0,
    multiprocess: init.multiprocess ?? false,
    draining: init.draining ?? new AbortController().signal,
    log: init.log ?? { error: drop, warn: drop, info: drop, debug: drop },
    extensions: Object.freeze({ ...init.extensions }),
  })
  made.add(context)
  return context
}

function drop(): void {}
