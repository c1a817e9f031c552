// Processor time of a process and its descendants, from /proc (Linux).
import { readdirSync, readFileSync } from 'node:fs'

/** The kernel's clock ticks per second in /proc (USER_HZ), 100 on every architecture that node runs on. */
const TICKS_PER_SECOND = 100

/** Seconds of processor time, in user and in system mode. */
export interface ProcessorTime {
  readonly user: number
  readonly system: number
}

/** What the process and its living descendants have used so far. */
export function processorTime(pid: number): ProcessorTime {
  let user = 0
  let system = 0
  for (const fields of treeOf(pid)) {
    user += Number(fields[11]) / TICKS_PER_SECOND
    system += Number(fields[12]) / TICKS_PER_SECOND
  }
  return { user, system }
}

/** The stat fields, from the state on, of each process of the tree. */
function treeOf(root: number): string[][] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const fields = statOf(Number(name))
      return fields === undefined ? [] : [{ pid: Number(name), parent: Number(fields[1]), fields }]
    })
  const members = new Set([root])
  // A child's number may be lower than its parent's: go on until nothing is found.
  for (let size = 0; size !== members.size; ) {
    size = members.size
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid)
  }
  return all.filter(({ pid }) => members.has(pid)).map(({ fields }) => fields)
}

function statOf(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
