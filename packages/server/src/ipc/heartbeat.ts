// How often a worker says that it is alive, and the channel over which it is asked where it stands still.

/** Milliseconds between two heartbeats where nothing asks for more: what status and metrics show is not older than that. */
const SLOWEST = 1_000

/** How many heartbeats a worker may be late with before it is too late. */
const BEATS = 4

/**
 * Milliseconds between two heartbeats of a worker, and between two looks of the master.
 *
 * @param timeout milliseconds that a worker may be silent for (--timeout); 0 for as long as it likes
 */
export function heartbeatInterval(timeout: number): number {
  return timeout === 0 ? SLOWEST : Math.min(SLOWEST, timeout / BEATS)
}

/** The descriptor of that channel in a worker: behind standard input, output, error and the channel for messages. */
export const TRACE_DESCRIPTOR = 4

/** The descriptor of the first inherited socket in a worker. */
export const FIRST_SOCKET = 5

/** What the master writes there to ask; the answer is one line of JSON. */
export const TRACE_REQUEST = 'trace\n'

/** The answer: the frames, innermost first, one a line; `null` when no script runs. */
export interface TraceAnswer {
  readonly stack: string | null
}

/** Reads an answer; `undefined` for what is none. */
export function readTraceAnswer(line: string): TraceAnswer | undefined {
  try {
    const { stack } = JSON.parse(line) as { readonly stack?: unknown }
    return typeof stack === 'string' || stack === null ? { stack } : undefined
  } catch {
    return undefined
  }
}
