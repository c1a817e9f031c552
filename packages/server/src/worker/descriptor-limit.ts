// How many connections the limit on file descriptors leaves. At that limit libuv accepts each new connection and closes it at once.
import { readFileSync } from 'node:fs'

/** Descriptors that are not for connections: logs, channels, the application's files and its connections to databases. */
const RESERVE = 128

/**
 * How many connections fit into so many descriptors, by default into those that this process may have (node has raised its soft
 * limit to the hard one by now). At least one; `Infinity` where the system does not tell.
 */
export function connectionsWithinDescriptors(limit: number = descriptorLimit()): number {
  // Where there are few, an application gets along with fewer.
  return Math.max(1, Math.floor(limit - Math.min(RESERVE, limit / 2)))
}

function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
