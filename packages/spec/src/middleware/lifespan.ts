// Startup and shutdown of an application that is made of several parts.
import type { Application } from '../application.ts'
import type { Context } from '../context.ts'

/** The two optional hooks of an application. */
export type Lifespan = Pick<Application, 'startup' | 'shutdown'>

/**
 * Gives `handle` the hooks of its parts: `startup` in the order of `parts`, `shutdown` in reverse, each part once
 * however often it is listed (MID-01, LIF-06).
 *
 * The hooks are accessors over the parts: absent while no part has one (LIF-03), and found even if a part gets its hook
 * after it was wrapped. They have no setter: assigning would silently drop the parts' hooks, so it throws.
 */
export function withLifespan(handle: Application, parts: readonly Lifespan[]): Application {
  const unique = [...new Set(parts)]
  const startup = (context: Context) => startAll(unique, context)
  const shutdown = (context: Context) => stopAll(unique, context)
  return Object.defineProperties(handle, {
    startup: {
      configurable: true,
      enumerable: true,
      get: () => (unique.some(part => part.startup !== undefined) ? startup : undefined),
    },
    shutdown: {
      configurable: true,
      enumerable: true,
      get: () => (unique.some(part => part.shutdown !== undefined) ? shutdown : undefined),
    },
  })
}

async function startAll(parts: readonly Lifespan[], context: Context): Promise<void> {
  const started: Lifespan[] = []
  for (const part of parts) {
    try {
      await part.startup?.(context)
    } catch (error) {
      // The server sees one failed startup and will call no shutdown (LIF-06): what did start is ours to stop.
      for (const failure of await shutdownErrors(started, context)) {
        context.log.error({ err: failure }, 'shutdown failed after a failed startup')
      }
      throw error
    }
    started.push(part)
  }
}

async function stopAll(parts: readonly Lifespan[], context: Context): Promise<void> {
  const errors = await shutdownErrors(parts, context)
  if (errors.length > 1) throw new AggregateError(errors, 'several parts of the application failed to shut down')
  if (errors.length === 1) throw errors[0]
}

/** Shuts every part down, last first: one that fails keeps no other from its turn. */
async function shutdownErrors(parts: readonly Lifespan[], context: Context): Promise<unknown[]> {
  const errors: unknown[] = []
  for (const part of parts.toReversed()) {
    try {
      await part.shutdown?.(context)
    } catch (error) {
      errors.push(error)
    }
  }
  return errors
}
