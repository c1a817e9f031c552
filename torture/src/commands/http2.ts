// `npm run torture -- http2`: attacks on connections of HTTP/2.
import { type Http2LevelReport, runHttp2Attacks } from '../http2/http2-level.ts'
import type { TortureOptions } from './options.ts'

/** Cases of the long version. */
const CASES = 20_000
const WORKERS = 2
const CONCURRENCY = 12

/** Runs until the bound; whether nothing was found. */
export async function runHttp2Level(options: TortureOptions): Promise<boolean> {
  const interrupted = new AbortController()
  const stop = (): void => interrupted.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const report = await runHttp2Attacks({
    signal: interrupted.signal,
    seed: options.seed,
    from: options.from,
    cases: options.cases ?? CASES,
    seconds: options.seconds ?? Number.POSITIVE_INFINITY,
    workers: WORKERS,
    concurrency: CONCURRENCY,
    onProgress: tell,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.faults.length === 0
}

function tell({ cases, seconds, bystanders, faults }: Http2LevelReport): void {
  console.log(
    `${seconds.toFixed(0)} s: ${cases} cases, ${bystanders} connections of bystanders, ${faults.length} faults`,
  )
}
