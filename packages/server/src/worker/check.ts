// The entry of a process that loads an application to see whether it can be loaded, and ends (kirin --check-config). It gets a worker's
// order, and answers as a worker would; nothing of the application is started.
import nodeModule from 'node:module'
import { exitCodes } from '../ipc/exit-codes.ts'
import { type BootOrder, envelop, type FromWorker, readToWorker } from '../ipc/messages.ts'
import { describeThrown } from '../log/describe-thrown.ts'
import { loadApplication } from './application.ts'
import { becomeAccount } from './become-account.ts'
import { BootError, toBootFailure } from './boot-error.ts'

process.on('SIGUSR1', () => {})

process.on('message', received => {
  const message = readToWorker(received)
  if (message?.type === 'boot') void check(message.order)
})

process.on('uncaughtException', error => fail('uncaught exception', error))
process.on('unhandledRejection', reason => fail('unhandled rejection', reason))

async function check({ application, account }: BootOrder): Promise<void> {
  try {
    if (account) becomeAccount(account)
    await loadApplication(application, process.cwd())
    // From Node 22.10 on; before it is done at the exit.
    const { flushCompileCache } = nodeModule as { flushCompileCache?: () => void }
    flushCompileCache?.()
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
