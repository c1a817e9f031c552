// A target's process, pinned to core 0, for as long as something is measured on it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Target } from './targets.ts'

export interface RunningTarget {
  readonly pid: number
  readonly port: number
}

/** Starts a target, waits until it accepts, does something with it, and stops it. */
export async function serving<Result>(
  target: Target,
  tls: boolean,
  use: (running: RunningTarget) => Result | Promise<Result>,
): Promise<Result> {
  const port = await freePort()
  const { command, args, env } = target.start(port, tls)
  // It ends with the bench, however that ends: nothing can be done here while wrk is waited for.
  const child = spawn('taskset', ['-c', '0', 'setpriv', '--pdeathsig', 'TERM', command, ...args], {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    await accepting(port, child)
    return await use({ pid: child.pid as number, port })
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}

/** The same for several at once, of which only those do anything that get requests. */
export function servingAll<Result>(
  targets: readonly Target[],
  tls: boolean,
  use: (running: readonly RunningTarget[]) => Result | Promise<Result>,
): Promise<Result> {
  const next = async ([target, ...others]: readonly Target[], running: readonly RunningTarget[]): Promise<Result> =>
    target === undefined ? use(running) : serving(target, tls, one => next(others, [...running, one]))
  return next(targets, [])
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when the port accepts; rejects when the process ends before. */
async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    const ending = child.exitCode ?? child.signalCode
    if (ending !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${ending}`)
    const accepted = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => setTimeout(resolve, 50, false))
    })
    if (accepted) return
  }
}
