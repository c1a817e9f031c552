// As process 1 of a container the master inherits every process whose parent has gone, and Node waits for its own children only:
// strays that end stay as zombies, each with its place in the table of processes. Node cannot wait for them (docs/decisions/0016), so the
// operator is told.
import { readdirSync, readFileSync } from 'node:fs'
import type { Logger } from 'pino'

/** Milliseconds between two looks. */
const INTERVAL = 30_000

/** A few do no harm, and one may be a child that has ended this very moment. */
const MANY = 16

/** Begins to look, if this process is one that inherits strays; tells once. Does not keep the process alive. */
export function watchStrays(log: Pick<Logger, 'warn'>): void {
  if (process.pid !== 1) return
  const timer = setInterval(() => {
    const count = zombiesOf(process.pid)
    if (count < MANY) return
    clearInterval(timer)
    log.warn(
      `${count} processes have ended and nobody waits for them: the application’s programs leave children behind, ` +
        'and as process 1 Kirin inherits them; start it behind an init (docker run --init), or on Node 22.15 or later with --init auto',
    )
  }, INTERVAL).unref()
}

/** How many children of a process have ended without being waited for, by Linux's /proc. */
export function zombiesOf(pid: number): number {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name) && isZombieOf(pid, name)).length
}

function isZombieOf(parent: number, name: string): boolean {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    // The name of the program, in brackets, may hold anything.
    const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' && Number(ppid) === parent
  } catch {
    return false
  }
}
