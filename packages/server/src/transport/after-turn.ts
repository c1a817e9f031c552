// The end of a turn of the event loop, as wires mean it.

const RESOLVED = Promise.resolve()

/** Calls back after the promise jobs that are due, before any more input. */
export function afterTurn(callback: () => void): void {
  // Cheaper than queueMicrotask, which makes an AsyncResource each time.
  void RESOLVED.then(() => process.nextTick(callback))
}
