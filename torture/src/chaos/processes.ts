// What Linux tells of processes.
import { readFileSync } from 'node:fs'

/** The children of a process; none when it has gone. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Whether a process exists that has not ended. */
export function runs(pid: number): boolean {
  const state = statOf(pid)?.[0]
  return state !== undefined && state !== 'Z'
}

/** What a process has used. */
export interface Usage {
  /** Kibibytes. */
  readonly resident: number
  /** Milliseconds, in the program and in the system. */
  readonly processor: number
}

/** Hundredths of a second on every Linux that Node runs on (USER_HZ). */
const TICK = 10

export function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, resident = '0'] = /^VmRSS:\s*(\d+)/m.exec(status) ?? []
  const fields = statOf(pid) ?? []
  // utime and stime are fields 14 and 15 of stat(5); the state is the third.
  return { resident: Number(resident), processor: (Number(fields[11]) + Number(fields[12])) * TICK }
}

/** The fields of stat(5) from the state on: what stands before it, the program's name, may hold anything. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** Milliseconds between two looks. */
const LOOK = 20

/**
 * Looks until something is so.
 *
 * @param what completes "waited in vain for …"
 * @param patience milliseconds
 */
export async function until(what: string, isSo: () => boolean, patience = 120_000): Promise<void> {
  const from = performance.now()
  while (!isSo()) {
    if (performance.now() - from > patience) throw new Error(`waited in vain for ${what}`)
    await pause(LOOK)
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}
