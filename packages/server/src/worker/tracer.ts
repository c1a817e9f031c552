// Finds out where this worker's event loop stands still. Only another thread can: signals and messages are for a loop that turns.
import { Worker } from 'node:worker_threads'
import type { Logger } from 'pino'

/**
 * What the thread may take: it waits for the master to ask, and then formats one stack. It costs some 9 MB of a process's resident
 * size, nothing of its time.
 */
const LIMITS = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 }

/** Starts the thread, which answers the master over a descriptor of its own. It does not keep the process alive. */
export function startTracer(logger: Logger): void {
  const failed = (error: Error): void => {
    logger.warn(`Where this worker stands still, if it ever does, cannot be found out: ${error.message}`)
  }
  try {
    const thread = new Worker(new URL('./tracer-thread.js', import.meta.url), {
      name: 'kirin tracer',
      // Neither the flags nor NODE_OPTIONS of the application: what they load is not for this thread.
      execArgv: [],
      env: {},
      resourceLimits: LIMITS,
    })
    thread.unref()
    thread.on('error', failed)
  } catch (error) {
    // Under node's permission model threads have to be allowed.
    failed(error as Error)
  }
}
