// One measurement of one target: a fresh process on a core of its own, warmed up, then loaded.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { applyLoad, type Load } from './load.ts'
import { type ProcessorTime, processorTime } from './process-tree.ts'
import type { Target } from './targets.ts'

/** Microseconds of processor time a request. */
export interface Cost {
  readonly user: number
  readonly system: number
  readonly total: number
  readonly requests: number
}

const WARM_UP: Load = { connections: 64, seconds: 1 }

export async function measure(target: Target, load: Load): Promise<Cost> {
  const port = await freePort()
  const { args, env } = target.command(port)
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  try {
    await accepting(port, child)
    applyLoad(port, WARM_UP)
    const pid = child.pid as number
    const before = processorTime(pid)
    const requests = applyLoad(port, load)
    return costOf(before, processorTime(pid), requests)
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}

function costOf(before: ProcessorTime, after: ProcessorTime, requests: number): Cost {
  const user = ((after.user - before.user) / requests) * 1e6
  const system = ((after.system - before.system) / requests) * 1e6
  return { user, system, total: user + system, requests }
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
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(' ')} ended with ${child.exitCode}`)
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
