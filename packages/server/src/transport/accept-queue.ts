// The end of accepting: who waits in the kernel's queue has been told that the connection stands, and would be reset.

/**
 * Milliseconds at most: on a machine that has more to do than it can, the queue is never empty. Who waits then is reset, as
 * everybody was who came in the moment of the stop.
 */
const LONGEST = 500

/**
 * Calls back when a turn of the loop has accepted nobody. libuv accepts one connection a turn for each socket, and a turn lies
 * between two immediates.
 *
 * @param accepted how many connections have been accepted until now
 */
export function whenQueueIsEmpty(accepted: () => number, callback: () => void): void {
  const until = performance.now() + LONGEST
  const look = (before: number): void => {
    const now = accepted()
    if (now === before || performance.now() >= until) callback()
    else setImmediate(look, now)
  }
  // The first immediate may run before the loop has polled.
  setImmediate(() => setImmediate(look, accepted()))
}
