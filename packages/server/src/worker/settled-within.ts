// Waits that are bounded.

/**
 * Waits for a promise, no longer than so many milliseconds, nor after the signal aborts.
 *
 * @returns whether it was fulfilled in time; a rejection is `false` as well, and never unhandled
 */
export function settledWithin(
  promise: PromiseLike<unknown>,
  milliseconds: number,
  hurry?: AbortSignal,
): Promise<boolean> {
  return new Promise(resolve => {
    const finish = (fulfilled: boolean): void => {
      clearTimeout(timer)
      hurry?.removeEventListener('abort', giveUp)
      resolve(fulfilled)
    }
    const giveUp = (): void => finish(false)
    // What holds a worker's process is its channel to the master. A program that has nothing left to do must be able to show it.
    const timer = setTimeout(giveUp, milliseconds).unref()
    hurry?.addEventListener('abort', giveUp)
    promise.then(
      () => finish(true),
      () => finish(false),
    )
    if (hurry?.aborted === true) giveUp()
  })
}
