// The end of accepting: who waits in the kernel's queue has been told that the connection stands, and would be reset.

/**
 * Milliseconds of this process's time at most: under more load than it can bear, the queue is never empty. Who waits then is reset, as
 * everybody was who came in the moment of the stop. Time in which others had the processor does not count: nobody was accepted in it.
 */
const LONGEST = 500

/**
 * Calls back when a turn of the loop has accepted nobody. libuv accepts one connection a turn for each socket, and a turn lies
 * between two immediates.
 *
 * @param accepted how many connections have been accepted until now
 */
export function whenQueueIsEmpty(accepted: () => number, callback: () => void): void {
  const until = processorTime() + LONGEST
  const look = (before: number): void => {
    const now = accepted()
    if (now === before || processorTime() >= until) callback()
    else setImmediate(look, now)
  }
  // The first immediate may run before the loop has polled.
  setImmediate(() => setImmediate(look, accepted()))
}

/** What this process has had of processors, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
