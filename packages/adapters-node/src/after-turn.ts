/** Calls `job` with `parameter` at the end of this turn of the event loop: behind the promise jobs that are due, and the ticks before it. */
export function afterTurn<Parameter>(job: (parameter: Parameter) => void, parameter: Parameter): void {
  queueMicrotask(() => process.nextTick(job, parameter))
}
