// What a worker of a soak counts, and what must hold when nothing is under way.

export interface Counts {
  calls: number
  /** Calls that threw: those have no response to finish. */
  thrown: number
  responses: number
  /** Calls of `finished`, without and with an error. */
  completed: number
  failed: number
  /** Responses whose `finished` came again. */
  finishedTwice: number
  /** Responses that had an iterable for a body, and how many of those came to an end or were closed. */
  iterables: number
  closed: number
  /** Iterables that were closed again, or after their end. */
  closedTwice: number
  /** Request bodies that were being read, and how many of those ended, rejected or were left. */
  bodies: number
  bodiesOver: number
  /** Bytes of uploads that were not what was sent. */
  wrongBytes: number
}

/** Counts of nothing. */
export function noCounts(): Counts {
  return {
    calls: 0,
    thrown: 0,
    responses: 0,
    completed: 0,
    failed: 0,
    finishedTwice: 0,
    iterables: 0,
    closed: 0,
    closedTwice: 0,
    bodies: 0,
    bodiesOver: 0,
    wrongBytes: 0,
  }
}

/** What `/stats` answers. */
export interface WorkerStats {
  readonly worker: number
  readonly pid: number
  readonly counts: Counts
  /** Megabytes, after a collection. */
  readonly heap: number
  readonly rss: number
  /** Sockets that the worker holds open, the one that asks included. */
  readonly sockets: number
  /** Bodies of responses that are neither over nor closed, by their query: the first few. */
  readonly open: readonly string[]
  /** What node says of its sockets. */
  readonly held: readonly string[]
}

/** What is wrong with a worker that has nothing under way but the answer to `/stats`. */
export function leaksOf({ counts, sockets, open, held }: WorkerStats): string[] {
  const rules: readonly (readonly [string, number, number, (readonly string[])?])[] = [
    ['responses and thrown calls', counts.responses + counts.thrown, counts.calls],
    ['calls of finished', counts.completed + counts.failed, counts.responses],
    ['responses finished twice', counts.finishedTwice, 0],
    ['bodies of responses closed', counts.closed, counts.iterables, open],
    ['bodies of responses closed twice', counts.closedTwice, 0],
    ['bodies of requests over', counts.bodiesOver, counts.bodies],
    ['wrong bytes in uploads', counts.wrongBytes, 0],
    ['sockets open', sockets, 1, held],
  ]
  return rules
    .filter(([, is, wanted]) => is !== wanted)
    .map(([what, is, wanted, which = []]) => [`${what}: ${is}, not ${wanted}`, ...which].join('; '))
}
