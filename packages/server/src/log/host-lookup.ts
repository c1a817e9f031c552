// The address of a host that datagrams go to. By itself a datagram socket looks its host's name up for each of them, on the threads that
// files are read with as well: a name server that does not answer would hold up all of these.
import { type LookupAddress, type LookupOneOptions, lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'

type Told = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** As node:dgram wants it of `createSocket`. */
export type HostLookup = (host: string, options: LookupOneOptions, told: Told) => void

/** Where names and time come from. */
export interface LookupMeans {
  readonly lookup: HostLookup
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
}

/** Milliseconds after which an address is asked for again, while the one that is known goes on being used. */
const FRESH = 5 * 60_000

/** Milliseconds until a name that was not found is asked for again. */
const AGAIN = 10_000

/** So many datagrams wait for the first answer; those beyond are lost. */
const MOST_WAITING = 256

/**
 * Makes a lookup for a socket that sends to one host: at most one question is under way, and none for an address.
 */
export function cachedLookup(means: LookupMeans = { lookup: systemLookup, now: () => performance.now() }): HostLookup {
  const cache = new HostCache(means)
  return (host, options, told) => {
    const family = isIP(host)
    // A socket is bound by way of this, too.
    if (family !== 0) process.nextTick(told, null, host, family)
    else cache.answer(host, options, told)
  }
}

class HostCache {
  readonly #means: LookupMeans
  #found: LookupAddress | undefined
  #error: NodeJS.ErrnoException | null = null
  #askAt = Number.NEGATIVE_INFINITY
  #isAsking = false
  #waiting: Told[] = []

  constructor(means: LookupMeans) {
    this.#means = means
  }

  answer(host: string, options: LookupOneOptions, told: Told): void {
    if (!this.#isAsking && this.#means.now() >= this.#askAt) this.#ask(host, options)
    if (this.#found === undefined && this.#isAsking && this.#waiting.length < MOST_WAITING) this.#waiting.push(told)
    else process.nextTick(() => this.#tell(told))
  }

  #ask(host: string, options: LookupOneOptions): void {
    this.#isAsking = true
    this.#means.lookup(host, options, (error, address, family) => {
      this.#isAsking = false
      this.#error = error
      // An address that was found before is better than none.
      if (error === null) this.#found = { address, family }
      this.#askAt = this.#means.now() + (error === null ? FRESH : AGAIN)
      const waiting = this.#waiting
      this.#waiting = []
      for (const told of waiting) this.#tell(told)
    })
  }

  #tell(told: Told): void {
    if (this.#found !== undefined) told(null, this.#found.address, this.#found.family)
    else told(this.#error ?? new Error('the name has not been found yet'), '', 0)
  }
}
