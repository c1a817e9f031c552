// How long to wait before a worker is started again.

/** After the first failure. Long enough that a broken application costs little processor time. */
const FIRST = 500

/** No pause is longer: when the cause goes away (a database is back), service is restored within this. */
const LONGEST = 30_000

/** Ready for this long, a worker counts as healthy, and earlier failures are forgotten. */
export const HEALTHY_AFTER = 30_000

/**
 * The pause after so many failures in a row: doubling, capped, and shortened at random by up to a quarter, so that workers
 * which failed together do not come back together.
 *
 * @param failures none or fewer: no pause
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function backOff(failures: number, random: number): number {
  if (failures <= 0) return 0
  // 2 ** 1024 is Infinity, which the cap takes care of.
  return Math.min(LONGEST, FIRST * 2 ** (failures - 1)) * (1 - random / 4)
}
