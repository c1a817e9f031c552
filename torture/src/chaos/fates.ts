// What became of each request of a chaos run.

/**
 * `answered`: whole and right. `refused`: nobody took the connection. `reset`: the connection went away before a byte of the answer had
 * come. `truncated`: within the answer. `wrong`: something else than was asked for, an error of the server's included. `late`: not
 * whole within the client's patience.
 */
export type Fate = 'answered' | 'refused' | 'reset' | 'truncated' | 'wrong' | 'late'

export const FATES: readonly Fate[] = ['answered', 'refused', 'reset', 'truncated', 'wrong', 'late']

/** A request that was not answered. */
export interface Loss {
  readonly fate: Exclude<Fate, 'answered'>
  /** Milliseconds on the clock of `performance`. */
  readonly sentAt: number
  readonly lostAt: number
  /** The worker that had answered on the same connection before; `undefined` for its first request. */
  readonly pid: number | undefined
  readonly detail: string
}

/** Losses that are kept with all their detail. */
const KEPT = 5_000

export class Fates {
  readonly counts: Record<Fate, number> = { answered: 0, refused: 0, reset: 0, truncated: 0, wrong: 0, late: 0 }
  readonly losses: Loss[] = []
  /** How many connections were made. */
  connections = 0

  answered(): void {
    this.counts.answered++
  }

  lost(loss: Loss): void {
    this.counts[loss.fate]++
    if (this.losses.length < KEPT) this.losses.push(loss)
  }

  get total(): number {
    return FATES.reduce((sum, fate) => sum + this.counts[fate], 0)
  }

  get failed(): number {
    return this.total - this.counts.answered
  }
}
