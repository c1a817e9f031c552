// Runs many streams through the engine at once: each has a connection of its own, and all share the turns.
import type { RequestLimits } from '@nsgi/server/internal/exchange/limits'
import { MemorySession } from './memory-session.ts'

/** Turns without an end after which a session hangs: a stream needs one or two for each of its requests. */
const TURN_LIMIT = 400

/** Runs these streams, each given as its reads, to the end. A session that does not get there has a `fault`. */
export async function observeKirin(
  streams: readonly (readonly Buffer[])[],
  limits?: RequestLimits,
): Promise<MemorySession[]> {
  const sessions = streams.map(reads => new MemorySession(reads, limits))
  let open = sessions
  for (let turn = 0; open.length > 0; turn++) {
    for (const session of open) session.turn()
    // Promise jobs and next ticks run before it.
    await new Promise(resolve => setImmediate(resolve))
    open = open.filter(session => !session.isSettled)
    if (turn < TURN_LIMIT) continue
    for (const session of open) session.fault ??= `hangs: ${session.describe()}`
    break
  }
  return sessions
}
