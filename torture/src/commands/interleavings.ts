// `npm run torture -- interleavings`: valid requests in any order of events.
import { runInterleaving } from '../interleavings/interleavings.ts'
import type { TortureOptions } from './options.ts'

/** Cases of the long version. */
const CASES = 200_000

/** Runs until the bound; whether nothing was found. */
export async function runInterleavings(options: TortureOptions): Promise<boolean> {
  const started = performance.now()
  const end = options.from + (options.cases ?? CASES)
  let found = 0
  let number = options.from
  for (; number < end; number++) {
    if ((performance.now() - started) / 1000 >= (options.seconds ?? Number.POSITIVE_INFINITY)) break
    const fault = await runInterleaving(options.seed, number)
    if (fault === undefined) continue
    found++
    console.log(`finding: interleavings, seed ${options.seed}, case ${number}: ${fault}`)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(`${number - options.from} cases in ${seconds} s, ${found} findings`)
  return found === 0
}
