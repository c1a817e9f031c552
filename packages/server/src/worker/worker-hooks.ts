// The hooks that a configuration file has for workers, in a worker.
import type { Application, Logger } from '@nsgi/spec'
import { HookError, HookRunner } from '../hooks/hook-runner.ts'
import type { WorkerHooks, WorkerSubject } from '../hooks/hooks.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BootOrder } from '../ipc/messages.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { BootError } from './boot-error.ts'

/** The hooks of a worker. */
export type WorkerHookRunner = HookRunner<WorkerHooks>

/**
 * Loads the configuration file again, which may have changed since the master read it: a worker that starts later has what stands there
 * now, as with the application.
 *
 * @throws BootError for a file that is broken by now
 */
export async function loadWorkerHooks(
  { hooksFile, slot }: Pick<BootOrder, 'hooksFile' | 'slot'>,
  log: Logger,
): Promise<WorkerHookRunner> {
  const subject: WorkerSubject = Object.freeze({ worker: slot, pid: process.pid, log })
  if (typeof hooksFile !== 'string') return new HookRunner<WorkerHooks>({}, { subject, log })
  // Only here: with the table of settings they are many modules, which a worker needs for nothing else.
  const { loadConfigFile } = await import('../config/file/load-config-file.ts')
  const { configLayer } = await import('../config/file/config-layer.ts')
  const { config, problem } = await loadConfigFile(hooksFile, hooksFile)
  if (config === undefined) throw new BootError(problem, exitCodes.failure)
  const { hooks, problems } = configLayer(config, hooksFile)
  const [first] = problems
  if (first !== undefined) throw new BootError(first, exitCodes.failure)
  return new HookRunner<WorkerHooks>(hooks, { subject, log })
}

/**
 * Runs a hook without which a worker does not go on.
 *
 * @throws BootError when it throws
 */
export async function runBootHook(hooks: WorkerHookRunner, name: 'postFork' | 'postWorkerInit'): Promise<void> {
  try {
    await hooks.run(name)
  } catch (error) {
    if (!(error instanceof HookError)) throw error
    throw new BootError(error.message, exitCodes.bootFailed, error.cause)
  }
}

/** The application with `preRequest` before each call; the application itself where that is not set. */
export function withPreRequest(application: Application, hooks: WorkerHookRunner): Application {
  if (!hooks.has('preRequest')) return application
  return (request, context) => {
    hooks.call('preRequest', request)
    return application(request, context)
  }
}

type Recorder = ((record: ExchangeRecord) => void) | undefined

/** What is to be done with the record of an exchange, and `postRequest` after it, where that is set. */
export function withPostRequest(record: Recorder, hooks: WorkerHookRunner): Recorder {
  if (!hooks.has('postRequest')) return record
  return exchange => {
    record?.(exchange)
    const { request, status, bytes, duration, error } = exchange
    hooks.call('postRequest', request, { status, bytes, duration, error })
  }
}
