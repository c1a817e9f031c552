// `npm run torture -- soak`: ten minutes of random clients.
import { type SoakReport, soak } from '../soak/soak.ts'
import type { TortureOptions } from './options.ts'

/** Seconds of the long version. */
const SECONDS = 600
const WORKERS = 3
const CONCURRENCY = 48

/** Soaks until the bound; whether all was well. */
export async function runSoak(options: TortureOptions): Promise<boolean> {
  const interrupted = new AbortController()
  const stop = (): void => interrupted.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const report = await soak({
    signal: interrupted.signal,
    seed: options.seed,
    from: options.from,
    seconds: options.seconds ?? (options.cases === undefined ? SECONDS : Number.POSITIVE_INFINITY),
    connections: options.cases ?? Number.POSITIVE_INFINITY,
    workers: WORKERS,
    isMixed: true,
    concurrency: CONCURRENCY,
    onProgress: tell,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.faults.length === 0
}

function tell({ connections, seconds, verified, bytes, memory, faults }: SoakReport): void {
  const rss = memory.at(-1)?.rss.join(' ') ?? ''
  const heap = memory.at(-1)?.heap.join(' ') ?? ''
  console.log(
    `${seconds.toFixed(0)} s: ${connections} connections, ${verified} responses verified, ${(bytes / 1e6).toFixed(0)} MB, heap ${heap}, rss ${rss}, ${faults.length} faults`,
  )
}
