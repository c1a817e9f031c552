// How long requests took and what they were answered with, as counts that can be added up: over workers, and with those that have gone.

/**
 * Upper bounds of the histogram's buckets in milliseconds; what took longer has one more. Prometheus' defaults (5 ms to 10 s), and
 * some on either side: small answers take less, large downloads and event streams more.
 */
export const LATENCY_BOUNDS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
]

/** Classes of statuses by their first digit. `lost`: the client was lost before a head was sent. */
export const STATUS_CLASSES = ['lost', '1xx', '2xx', '3xx', '4xx', '5xx'] as const

/** What came of requests that reached an application. */
export interface Traffic {
  /** How many took no longer than each of {@link LATENCY_BOUNDS}, and longer than the one before; behind those, who took longer than all. */
  readonly latencies: readonly number[]
  /** Milliseconds that all of them took together. */
  readonly time: number
  /** How many there were of each of {@link STATUS_CLASSES}. */
  readonly statuses: readonly number[]
}

/** None yet. */
export const NO_TRAFFIC: Traffic = {
  latencies: [...LATENCY_BOUNDS, Number.POSITIVE_INFINITY].map(() => 0),
  time: 0,
  statuses: STATUS_CLASSES.map(() => 0),
}

/** Counts in one worker. */
export class TrafficMeter {
  readonly #latencies = [...NO_TRAFFIC.latencies]
  readonly #statuses = [...NO_TRAFFIC.statuses]
  #time = 0

  /** What has been counted so far: a copy. */
  get traffic(): Traffic {
    return { latencies: [...this.#latencies], time: this.#time, statuses: [...this.#statuses] }
  }

  /**
   * Counts one request that is over.
   *
   * @param status 0 when the client was lost before a head was sent
   * @param duration milliseconds
   */
  readonly count = (status: number, duration: number): void => {
    let bucket = 0
    // Most end in the first few: looking for them in halves would take longer.
    while (bucket < LATENCY_BOUNDS.length && duration > (LATENCY_BOUNDS[bucket] as number)) bucket++
    this.#latencies[bucket] = (this.#latencies[bucket] as number) + 1
    const first = Math.min(Math.trunc(status / 100), STATUS_CLASSES.length - 1)
    this.#statuses[first] = (this.#statuses[first] as number) + 1
    this.#time += duration
  }
}

/** Adds them up; `null` where nobody counts, and when nobody does at all. */
export function totalOf(parts: readonly (Traffic | null)[]): Traffic | null {
  return parts.reduce((sum, part) => (sum === null || part === null ? (sum ?? part) : plus(sum, part, 1)), null)
}

/** What was added since then. Where that is less than nothing the counts have begun anew. */
export function since(before: Traffic, now: Traffic): Traffic {
  const added = plus(now, before, -1)
  return added.statuses.some(count => count < 0) ? now : added
}

function plus(one: Traffic, other: Traffic, sign: 1 | -1): Traffic {
  const add = (a: readonly number[], b: readonly number[]): readonly number[] =>
    a.map((value, index) => value + sign * (b[index] ?? 0))
  return {
    latencies: add(one.latencies, other.latencies),
    time: one.time + sign * other.time,
    statuses: add(one.statuses, other.statuses),
  }
}

/** How many requests those were. */
export function requestsOf({ latencies }: Traffic): number {
  return latencies.reduce((sum, count) => sum + count, 0)
}

/**
 * How long the fastest part of them took at most: estimated within a bucket as if its requests were spread evenly over it, as Prometheus'
 * `histogram_quantile` does.
 *
 * @param part from 0 to 1: 0.99 for the 99th percentile
 * @returns milliseconds; the last bound where it took longer than that, `undefined` for no requests
 */
export function quantile(traffic: Traffic, part: number): number | undefined {
  const wanted = requestsOf(traffic) * part
  if (wanted === 0) return undefined
  let below = 0
  for (const [index, upper] of LATENCY_BOUNDS.entries()) {
    const within = traffic.latencies[index] ?? 0
    const lower = LATENCY_BOUNDS[index - 1] ?? 0
    if (below + within >= wanted) return lower + ((upper - lower) * (wanted - below)) / within
    below += within
  }
  return LATENCY_BOUNDS.at(-1)
}
