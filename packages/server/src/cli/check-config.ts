// Whether an application loads: tried in a process of its own, which is thrown away.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describeSpawnFailure } from '../arbiter/spawn-failure.ts'
import { startWorker, type WorkerHandle, type WorkerLaunch } from '../arbiter/worker-handle.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { Account, BootFailure } from '../ipc/messages.ts'
import type { Configuration } from './configuration.ts'

const CHECK_MODULE = fileURLToPath(new URL('../worker/check.js', import.meta.url))

/**
 * Loads the application as a worker would, without its startup. What it prints is printed.
 *
 * @param account who workers become
 * @param ending kills the process when it aborts, where that still loads; what comes of it then is of no interest
 *
 * @returns why it cannot be loaded, or `undefined`
 */
export function tryApplication(
  { application, settings }: Pick<Configuration, 'application' | 'settings'>,
  account: Account | null,
  ending?: AbortSignal,
): Promise<BootFailure | undefined> {
  return new Promise(resolve => {
    const seconds = settings.bootTimeout
    let failure: BootFailure | undefined = {
      message: `${application} ended the process while it was loaded`,
      detail: null,
      exitCode: exitCodes.applicationUnusable,
    }
    const failToStart = (message: string): void => {
      clearTimeout(timer)
      resolve({ message: `the process that loads it ${message}`, detail: null, exitCode: exitCodes.bootFailed })
    }
    const launch: WorkerLaunch = {
      module: CHECK_MODULE,
      place: 0,
      sockets: [],
      order: { slot: 0, title: `kirin: check [${application}]`, application, settings, tls: null, account },
      onMessage: message => {
        if (message.type === 'ready') failure = undefined
        else if (message.type === 'failed') failure = message.failure
      },
      onExit: () => {
        clearTimeout(timer)
        resolve(failure)
      },
      onFailure: ({ message }) => failToStart(message),
    }
    let child: WorkerHandle | undefined
    const timer = setTimeout(() => {
      const message = `${application} was not loaded within ${seconds} s (--boot-timeout)`
      failure = { message, detail: null, exitCode: exitCodes.bootFailed }
      child?.kill('SIGKILL')
    }, seconds * 1000)
    ending?.addEventListener('abort', () => child?.kill('SIGKILL'), { once: true })
    try {
      child = startWorker(launch)
    } catch (error) {
      failToStart(describeSpawnFailure(error as Error))
    }
  })
}

/**
 * Has Node parse a program, which would listen if it were loaded.
 *
 * @param path absolute
 * @returns what is wrong with it, or `undefined`
 */
export function tryProgram(path: string): BootFailure | undefined {
  // Node checks the syntax of JavaScript only.
  if (!/\.[cm]?js$/.test(path)) return undefined
  const { status, stderr, error } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' })
  if (error !== undefined) {
    const message = `the process that parses it ${describeSpawnFailure(error)}`
    return { message, detail: null, exitCode: exitCodes.bootFailed }
  }
  if (status === 0) return undefined
  return { message: `${path} cannot be parsed`, detail: stderr, exitCode: exitCodes.applicationUnusable }
}
