// The end of connections that wait for their next request, which may be under way while we decide: it is lost when it crosses our FIN.

/** Milliseconds of one step of a wait. */
const STEP = 25

/** A wait that can be given up. */
export interface Wait {
  cancel(): void
}

/**
 * Calls back when so much time has passed in which this process ran, and what had come until then has been read. On a machine that has more
 * to do than it can, clients are as late as this process is: time in which it was held up does not count. Nor is what waits in the kernel's
 * buffer silence: a loop that was held up runs its timers before it reads. Keeps no process alive.
 */
export function waitFor(milliseconds: number, callback: () => void): Wait {
  let left = Math.ceil(milliseconds / STEP)
  let isOver = false
  let timer: NodeJS.Timeout
  const step = (): void => {
    left--
    if (left > 0) next()
    else setImmediate(() => isOver || callback())
  }
  const next = (): void => {
    timer = setTimeout(step, STEP).unref()
  }
  next()
  return {
    cancel() {
      isOver = true
      clearTimeout(timer)
    },
  }
}

/**
 * Does something with each of them, one in a turn of the loop, so that what comes meanwhile for the others is read before it is their turn.
 *
 * @param done called behind the last one
 */
export function oneATurn<T>(all: Iterable<T>, deed: (one: T) => void, done: () => void): void {
  const rest = [...all].values()
  const next = (): void => {
    const { value, done: isOver } = rest.next()
    if (isOver) return done()
    deed(value)
    setImmediate(next)
  }
  next()
}
