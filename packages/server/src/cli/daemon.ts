// `--daemon`: a second process, in a session of its own, becomes the master; the first one waits until that serves, or tells why not.
//
// One start is enough where C programs fork twice. The second fork is there so that no process is the leader of a session, and
// can gain a terminal by opening one: workers are no leaders, and the master opens files as libuv does, with O_NOCTTY for terminals.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { describeSpawnFailure } from '../arbiter/spawn-failure.ts'
import { exitCodes } from '../ipc/exit-codes.ts'

/** Set for the second process only. */
const MARK = 'KIRIN_DAEMON_STARTED'

/** What the second process says when it serves. */
const SERVING = 'kirin serves'

/** Standard input, output and error come before what is inherited. */
const STANDARD = 3

/** Whether this process is the one that stays; the mark is taken away, so that the application's own kirins start anew. */
export function isDaemon(environment: NodeJS.ProcessEnv = process.env): boolean {
  const marked = environment[MARK] !== undefined
  delete environment[MARK]
  return marked
}

/**
 * Starts this command anew as a daemon.
 *
 * @param descriptors those that it is to inherit, under their numbers
 * @param directory where the command was given: relative paths mean the same there
 * @returns the exit code for this process: 0 when the daemon serves, its own when it ended before
 */
export function startDaemon(descriptors: readonly number[], directory: string): Promise<number> {
  const highest = Math.max(STANDARD - 1, ...descriptors)
  const inherited = Array.from({ length: highest - STANDARD + 1 }, (_, index) => {
    const fd = STANDARD + index
    return descriptors.includes(fd) ? fd : ('ignore' as const)
  })
  try {
    return untilServing(
      spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
        detached: true,
        cwd: directory,
        env: { ...process.env, [MARK]: '1' },
        // What goes wrong before it serves is told to whoever started it.
        stdio: ['ignore', 'ignore', 'inherit', ...inherited, 'ipc'],
      }),
    )
  } catch (error) {
    return Promise.resolve(failed(error as Error))
  }
}

function failed(error: Error): number {
  process.stderr.write(`kirin: --daemon: the process ${describeSpawnFailure(error)}\n`)
  return exitCodes.failure
}

function untilServing(child: ChildProcess): Promise<number> {
  return new Promise(resolve => {
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, passOn)
    child.once('message', message => {
      if (message === SERVING) resolve(exitCodes.ok)
    })
    child.once('exit', code => resolve(code ?? exitCodes.failure))
    child.once('error', error => resolve(failed(error)))
  })
}

/** Lets the first process go, and leaves its terminal. */
export function leaveTerminal(): void {
  if (!process.connected) return
  process.send?.(SERVING, undefined, undefined, () => {
    process.disconnect()
    closeSync(2)
    // The lowest free descriptor: the one that was closed.
    openSync('/dev/null', 'a')
  })
}
