// How long things take, and what the master costs: measured, not judged.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CLUSTER_PROGRAM, NSGI_APPLICATION } from './applications.ts'
import { Load } from './load.ts'
import { childrenOf, pause, type Usage, usageOf } from './processes.ts'
import { Subject } from './subject.ts'

/** A server whose workers say when they are ready. */
export type Booted = 'kirin' | 'node:cluster'

/** What a boot took, in milliseconds: by the clock, and of processors, which a busy machine does not change. */
export interface BootCost {
  readonly time: number
  readonly processor: number
}

/**
 * From the start of the command until so many workers are ready.
 *
 * @param cache a directory for Node's compile cache, which Node 22.1 and later know; none: without it
 */
export async function bootTime(server: Booted, workers: number, cache?: string): Promise<BootCost> {
  const directory = mkdtempSync(join(tmpdir(), 'boot-'))
  writeFileSync(join(directory, 'app.mjs'), NSGI_APPLICATION)
  writeFileSync(join(directory, 'cluster.mjs'), CLUSTER_PROGRAM)
  const { PATH = '', HOME = '' } = process.env
  const cached = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }
  const started = performance.now()
  const child = spawn(process.execPath, wordsFor(server, workers), {
    cwd: directory,
    env: { PATH, HOME, ...cached },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await saysReady(child, workers)
  const time = performance.now() - started
  const pid = child.pid ?? 0
  const processor = [pid, ...childrenOf(pid)].reduce((sum, one) => sum + usageOf(one).processor, 0)
  child.kill('SIGTERM')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  rmSync(directory, { recursive: true, force: true })
  return { time, processor }
}

function wordsFor(server: Booted, workers: number): readonly string[] {
  if (server === 'node:cluster') return ['cluster.mjs', String(workers)]
  const manifest = createRequire(import.meta.url).resolve('@nsgi/server/package.json')
  const bin = join(dirname(manifest), 'dist/cli/bin.js')
  return [bin, '--bind', '127.0.0.1:0', '--workers', String(workers), 'app.mjs']
}

function saysReady(child: ChildProcess, workers: number): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended: ${said}`)))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if ((said.match(/is ready/g)?.length ?? 0) >= workers) resolve()
    })
  })
}

/** Milliseconds from HUP until the first new worker is ready. */
export async function reloadTimes(times: number): Promise<readonly number[]> {
  const subject = await Subject.start({ server: 'kirin', workers: 2 })
  const found: number[] = []
  try {
    for (let i = 0; i < times; i++) {
      const ready = subject.log.match(/is ready/g)?.length ?? 0
      const from = performance.now()
      subject.signal('SIGHUP')
      while ((subject.log.match(/is ready/g)?.length ?? 0) === ready) await pause(1)
      found.push(performance.now() - from)
      const reloads = (): number => subject.log.match(/Reloaded: /g)?.length ?? 0
      while (reloads() <= i || !subject.isSettled()) await pause(10)
    }
  } finally {
    await subject.stop()
  }
  return found
}

/** What the master used while so many clients were at work. */
export interface MasterCost {
  readonly clients: number
  readonly requests: number
  /** Kibibytes at the end. */
  readonly resident: number
  /** Milliseconds of processor time, for each second. */
  readonly processor: number
}

/** Puts loads on one server, one after the other, each for so many seconds. */
export async function masterCosts(loads: readonly number[], seconds: number): Promise<readonly MasterCost[]> {
  const subject = await Subject.start({ server: 'kirin', workers: 2 })
  const costs: MasterCost[] = []
  try {
    for (const clients of loads) {
      const before: Usage = usageOf(subject.master)
      const load = new Load({ port: subject.port, clients, seed: 1, pause: 0 })
      await pause(seconds * 1000)
      const after = usageOf(subject.master)
      const requests = (await load.stop()).counts.answered
      const processor = (after.processor - before.processor) / seconds
      costs.push({ clients, requests, resident: after.resident, processor })
    }
  } finally {
    await subject.stop()
  }
  return costs
}
