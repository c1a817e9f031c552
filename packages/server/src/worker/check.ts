// The entry of a process that loads an application to see whether it can be loaded, and ends (kirin --check-config). It gets a worker's
// order, and answers as a worker would; nothing of the application is started.
import { exitCodes } from '../ipc/exit-codes.ts'
import { envelop, type FromWorker, readToWorker } from '../ipc/messages.ts'
import { describeThrown } from '../log/describe-thrown.ts'
import { loadApplication } from './application.ts'
import { BootError, toBootFailure } from './boot-error.ts'

process.on('SIGUSR1', () => {})

process.on('message', received => {
  const message = readToWorker(received)
  if (message?.type === 'boot') void check(message.order.application)
})

process.on('uncaughtException', error => fail('uncaught exception', error))
process.on('unhandledRejection', reason => fail('unhandled rejection', reason))

async function check(application: string): Promise<void> {
  try {
    await loadApplication(application, process.cwd())
    tell({ type: 'ready' })
  } catch (error) {
    if (error instanceof BootError) tell({ type: 'failed', failure: toBootFailure(error) })
    else fail('failed', error)
  }
}

function fail(what: string, error: unknown): void {
  const failure = new BootError(`${what} while loading: ${describeThrown(error)}`, exitCodes.applicationUnusable, error)
  tell({ type: 'failed', failure: toBootFailure(failure) })
}

/** Whatever the application has opened does not keep this process. */
function tell(message: FromWorker): void {
  if (process.connected) process.send?.(envelop(message), undefined, undefined, () => process.exit())
  else process.exit()
}
