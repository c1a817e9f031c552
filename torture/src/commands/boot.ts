// `npm run torture -- boot`: how fast workers come up, and what the master costs under load. Prints tables; finds no faults.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BootCost, type Booted, bootTime, masterCosts, reloadTimes } from '../chaos/timings.ts'
import type { TortureOptions } from './options.ts'

const WORKERS = 8
/** How often each time is taken; the median is printed. */
const TIMES = 7
const LOADS = [0, 1, 16, 64, 256]
const SECONDS = 5

export async function runBoot({ cases = TIMES }: TortureOptions): Promise<boolean> {
  console.log(`Node ${process.version}; milliseconds, median of ${cases} (fastest, slowest)`)
  for (const server of ['kirin', 'node:cluster'] as const) {
    console.log(`boot of ${WORKERS} workers, ${server}: ${await repeated(cases, () => bootTime(server, WORKERS))}`)
    console.log(`    with a compile cache that is full: ${await cachedBoot(server, cases)}`)
  }
  console.log(`HUP to the first new worker ready: ${summary(await reloadTimes(cases))}`)
  console.log(`\nThe master under load, ${SECONDS} s each`)
  for (const { clients, requests, resident, processor } of await masterCosts(LOADS, SECONDS)) {
    const size = (resident / 1024).toFixed(1)
    console.log(
      `${clients} clients: ${requests} requests, ${size} MiB resident, ${processor.toFixed(1)} ms of processor a second`,
    )
  }
  return true
}

async function cachedBoot(server: Booted, times: number): Promise<string> {
  const cache = mkdtempSync(join(tmpdir(), 'boot-cache-'))
  // The first run fills it.
  await bootTime(server, WORKERS, cache)
  const text = await repeated(times, () => bootTime(server, WORKERS, cache))
  rmSync(cache, { recursive: true, force: true })
  return text
}

async function repeated(times: number, take: () => Promise<BootCost>): Promise<string> {
  const found: BootCost[] = []
  for (let i = 0; i < times; i++) found.push(await take())
  const processor = summary(found.map(cost => cost.processor))
  return `${summary(found.map(({ time }) => time))}, of processors ${processor}`
}

function summary(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b).map(Math.round)
  return `${sorted[sorted.length >> 1]} (${sorted[0]}, ${sorted.at(-1)})`
}
