// Randomness that can be replayed: a case is named by a seed and its number, whatever ran before it.

/** A small fast generator (Chris Doty-Humphrey's sfc32). The same seed and case give the same numbers for ever. */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /** @param seed any 32-bit number; @param number which case of that seed, up to 2^53 */
  constructor(seed: number, number = 0) {
    this.a = seed | 0
    this.b = number | 0
    this.c = Math.floor(number / 2 ** 32) | 0
    // Neighbouring cases must not resemble each other.
    for (let i = 0; i < 12; i++) this.bits()
  }

  /** 32 random bits, as a number from 0. */
  bits(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + sum) | 0
    return sum >>> 0
  }

  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number {
    return Math.floor((this.bits() / 2 ** 32) * limit)
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  /** One of them. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  /** Small numbers often, large ones seldom: below `limit`. */
  skewed(limit: number): number {
    return this.below(this.below(limit) + 1)
  }
}
