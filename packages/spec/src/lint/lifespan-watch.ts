// What a server does with a worker's life: startup, calls, shutdown, one context (LIF-01 to LIF-06).
import type { Context } from '../context.ts'
import { isCreatedContext } from '../testing/create-context.ts'
import type { Found } from './reporter.ts'

/** Where a worker is. `startup` and `shutdown` are the times in which the hook runs. */
type Stage = 'startup' | 'serving' | 'failed' | 'shutdown'

/** Follows the workers that an application serves in, each known by its context. */
export class LifespanWatch {
  readonly #stages = new WeakMap<Context, Stage>()
  /** The contexts between their startup and their shutdown. */
  readonly #living = new Set<Context>()

  /** Before the application's `startup`. */
  starting(context: Context, found: Found): void {
    if (!isObject(context)) return
    const stage = this.#stages.get(context)
    if (stage !== undefined) found('LIF-01', `startup was called again for a worker that is in ${stage}`)
    this.#stages.set(context, 'startup')
    this.#living.add(context)
  }

  /** After it. */
  started(context: Context, succeeded: boolean): void {
    // Else it has been shut down meanwhile.
    if (this.#stages.get(context) === 'startup') this.#stages.set(context, succeeded ? 'serving' : 'failed')
    if (!succeeded) this.#living.delete(context)
  }

  /** The application is called. */
  called(context: Context, found: Found): void {
    const stage = this.#stages.get(context)
    if (!isObject(context)) return
    if (stage === 'startup') found('LIF-01', 'the application was called before startup had settled')
    else if (stage === 'failed') found('LIF-02', 'the application was called after its startup had failed')
    else if (stage === 'shutdown') found('LIF-06', 'the application was called after shutdown')
    else if (stage === undefined) this.#calledUnknown(context, found)
  }

  /** Before the application's `shutdown`. */
  stopping(context: Context, found: Found): void {
    if (!isObject(context)) return
    const stage = this.#stages.get(context)
    if (stage === 'startup') found('LIF-06', 'shutdown was called before startup had settled')
    else if (stage === 'failed') found('LIF-06', 'shutdown was called after startup had failed')
    else if (stage === 'shutdown') found('LIF-06', 'shutdown was called a second time')
    else if (stage === undefined) {
      if (this.#living.size > 0) found('LIF-04', 'shutdown got another context than startup')
      else found('LIF-01', 'shutdown was called, but startup never was')
    }
    // The work in flight is waited for only once draining has told it.
    if (stage === 'serving' && !context.draining?.aborted)
      found('LIF-05', 'shutdown was called before draining aborted')
    this.#stages.set(context, 'shutdown')
    this.#living.delete(context)
  }

  #calledUnknown(context: Context, found: Found): void {
    if (this.#living.size > 0) found('LIF-04', 'the application was called with another context than startup')
    // A test calls an application without a worker around it.
    else if (!isCreatedContext(context)) found('LIF-01', 'the application was called, but startup was not')
  }
}

/** What is none is reported where the context is checked. */
function isObject(context: unknown): boolean {
  return typeof context === 'object' && context !== null
}
