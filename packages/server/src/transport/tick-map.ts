// V8's hidden classes of the objects that `process.nextTick` makes.
import { executionAsyncResource } from 'node:async_hooks'

/** Ticks behind which V8 has seen enough of `process.nextTick` to make such an object as it will: the first have small integers where later ones have doubles. */
const TICKS = 64

// Node's own: a program's tests may put a clock of theirs in its place, which would count these ticks.
const { nextTick } = process

let kept: object | undefined

/**
 * Keeps one of those objects for good, and with it their hidden classes. These are collected otherwise in a process that waits for its
 * first request with no tick under way. Made anew they are none that the code has seen, and as node writes two of the fields by computed
 * names, V8 11 (Node 20) then gives up on it: a tick costs 0.5 µs instead of 0.1 for as long as the process lives, and a chunk of a
 * stream takes six ticks.
 */
export function keepTickMap(): void {
  if (kept !== undefined) return
  // Something, until the tick comes.
  kept = process
  nextTick(keepLater, TICKS)
}

function keepLater(ticks: number): void {
  if (ticks > 0) nextTick(keepLater, ticks - 1)
  else kept = executionAsyncResource()
}
