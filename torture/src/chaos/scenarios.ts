// What is done to a server while it is under load.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '../random.ts'
import { childrenOf, pause, runs, until } from './processes.ts'
import type { Subject } from './subject.ts'

/** A worker that was harmed on purpose: what was in flight on it may be lost. Milliseconds on the clock of `performance`. */
export interface Harm {
  readonly pid: number
  readonly from: number
  readonly to: number
}

/** What a scenario may use. */
export interface Means {
  readonly subject: Subject
  readonly random: Random
  /** How often its deed is done. */
  readonly times: number
  readonly harms: Harm[]
  /** Where its log is, where the scenario asked for a place. */
  readonly logDirectory: string | undefined
}

/** One scenario. */
export interface Scenario {
  readonly name: string
  readonly settings?: readonly string[]
  /** Settings for Kirin alone. */
  readonly kirinSettings?: readonly string[]
  /** Whether its log is on a disk of its own, which fills. */
  readonly fillsDisk?: boolean
  /** Whether the other server knows no such thing. */
  readonly kirinOnly?: boolean
  /** How many workers it begins with, where it is about their number. */
  readonly workers?: number
  /** How many deeds, for so many `times`. */
  readonly run: (means: Means) => Promise<void>
}

/** Crashes after which all workers are replaced. */
const CRASHES = 3

/** How many workers a rising load leads to. */
const MOST_WORKERS = 3

export const SCENARIOS: readonly Scenario[] = [
  { name: 'HUP', run: each(hup) },
  { name: 'TTIN, TTOU', run: each(moreAndFewer) },
  { name: 'USR1 (logs)', run: each(reopen) },
  { name: 'USR2 upgrade', run: upgrade },
  {
    name: 'max_requests',
    settings: ['--max-requests', '500', '--max-requests-jitter', '250'],
    run: recycle,
  },
  { name: 'broken deploy, repair', run: breakAndMend },
  { name: 'kill -9 of a worker', run: each(kill) },
  { name: 'SIGSTOP of a worker', settings: ['--timeout', '5'], run: stopWorker },
  {
    name: 'too many crashes',
    kirinOnly: true,
    kirinSettings: ['--emergency-restart-threshold', String(CRASHES)],
    run: emergency,
  },
  {
    name: 'more load, less load',
    kirinOnly: true,
    workers: 1,
    kirinSettings: ['--workers-min', '1', '--workers-max', String(MOST_WORKERS)],
    run: riseAndFall,
  },
  { name: 'HUP on a starved machine', run: starve },
  { name: 'full disk of the log', fillsDisk: true, run: fillDisk },
  { name: 'anything, at random', run: each(anything) },
]

/** Each thing once, for `npm test`. */
export const SHORT: Scenario = {
  name: 'a little of everything',
  async run(means) {
    await moreAndFewer(means)
    await reopen(means)
    await hup(means)
    await breakAndMend(means)
    await kill(means)
  },
}

function each(deed: (means: Means) => Promise<void>): Scenario['run'] {
  return async means => {
    for (let i = 0; i < means.times; i++) await deed(means)
  }
}

/** Every worker is replaced. */
async function hup({ subject }: Means): Promise<void> {
  const old = subject.workers()
  subject.signal('SIGHUP')
  await until('new workers', () => subject.isSettled() && subject.workers().every(pid => !old.includes(pid)))
}

async function moreAndFewer({ subject }: Means): Promise<void> {
  subject.target++
  subject.signal('SIGTTIN')
  await until('one worker more', () => subject.isSettled())
  await pause(200)
  subject.target--
  subject.signal('SIGTTOU')
  await until('one worker fewer', () => subject.isSettled())
}

async function reopen({ subject }: Means): Promise<void> {
  subject.signal('SIGUSR1')
  await pause(100)
}

/** The new master is the child that has as many children as it should. */
async function upgrade({ subject }: Means): Promise<void> {
  const old = subject.master
  subject.signal('SIGUSR2')
  const successor = (): number | undefined => childrenOf(old).find(pid => childrenOf(pid).length >= subject.target)
  await until('a second master with its workers', () => successor() !== undefined)
  // Its workers are there, but may not have loaded the application yet.
  await pause(3_000)
  const next = successor() ?? old
  process.kill(old, 'SIGTERM')
  await until('the end of the first master', () => !runs(old))
  subject.master = next
  await until('the workers of the second', () => subject.isSettled())
}

/** Until so many workers have been replaced. */
async function recycle({ subject, times }: Means): Promise<void> {
  const seen = new Set(subject.workers())
  const enough = (): boolean => {
    for (const pid of subject.workers()) seen.add(pid)
    return seen.size >= subject.target + times
  }
  await until(`${times} workers to be replaced`, enough, 600_000)
}

async function breakAndMend(means: Means): Promise<void> {
  const { subject } = means
  const lines = subject.log.length
  subject.break()
  subject.signal('SIGHUP')
  // Another server does not say so: by then it has failed.
  if (subject.server === 'kirin') await until('the failure', () => subject.log.slice(lines).includes('Reload failed'))
  else await pause(5_000)
  subject.mend()
  // A server that has ended is started again by nobody here: whoever runs one in earnest would.
  if (runs(subject.master)) await hup(means)
}

async function kill({ subject, random, harms }: Means): Promise<void> {
  const pid = random.pick(subject.workers())
  const from = performance.now()
  process.kill(pid, 'SIGKILL')
  await until('the death of a worker', () => !runs(pid))
  harms.push({ pid, from, to: performance.now() })
  await until('its successor', () => subject.isSettled())
  // The successor boots before it serves.
  await pause(300)
}

/** A worker that is stopped answers nobody: whoever watches over it has to end it. */
async function stopWorker({ subject, random, harms }: Means): Promise<void> {
  const pid = random.pick(subject.workers())
  const from = performance.now()
  process.kill(pid, 'SIGSTOP')
  await until('the end of a stopped worker', () => !runs(pid))
  harms.push({ pid, from, to: performance.now() })
  await until('its successor', () => subject.isSettled())
}

/** Workers die until all are replaced, also those that did not. */
async function emergency(means: Means): Promise<void> {
  const { subject } = means
  const old = subject.workers()
  for (let i = 0; i < CRASHES; i++) await kill(means)
  await until('the emergency restart', () => subject.log.includes('--emergency-restart-threshold'))
  await until('its end', () => subject.isSettled() && subject.workers().every(pid => !old.includes(pid)))
}

/** Requests that keep a worker busy for this long each; so many at a time, so that each of the workers has some. Milliseconds. */
const BURN = 20
const BURNERS = 4 * MOST_WORKERS

/** Milliseconds; an idle worker is taken away after a minute. */
const FALL = 300_000

/** Workers are added while they are busy, and one is taken away after that. */
async function riseAndFall({ subject }: Means): Promise<void> {
  const burning = new AbortController()
  const burners = Array.from({ length: BURNERS }, async () => {
    while (!burning.signal.aborted) await burn(subject.port)
  })
  try {
    subject.target = MOST_WORKERS
    await until('more workers', () => subject.log.includes(`is now ${MOST_WORKERS}: they were busy`))
    await until('the last of them', () => subject.isSettled())
  } finally {
    burning.abort()
    await Promise.all(burners)
  }
  const risen = subject.log.length
  subject.target--
  await until('fewer workers', () => subject.log.includes(`is now ${subject.target}: they were busy`, risen), FALL)
  await until('its end', () => subject.isSettled())
}

/**
 * One request that keeps a worker busy, on a connection of its own: one that is kept stays with its worker, however many there are by then.
 * What becomes of it is not counted, the load beside it is.
 */
function burn(port: number): Promise<void> {
  return new Promise(resolve => {
    const sent = get({ port, host: '127.0.0.1', path: `/burn?ms=${BURN}`, agent: false }, response => {
      response.resume().once('close', resolve)
    })
    sent.once('error', () => resolve())
  })
}

const HOGS = 4

async function starve(means: Means): Promise<void> {
  const hogs: ChildProcess[] = Array.from({ length: HOGS }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    for (let i = 0; i < Math.ceil(means.times / 10); i++) await hup(means)
  } finally {
    for (const hog of hogs) hog.kill('SIGKILL')
  }
}

/** Its access log fills what is there; then everything is replaced, which opens the log anew. */
async function fillDisk(means: Means): Promise<void> {
  const { logDirectory = '/' } = means
  await until('a full disk', () => statfsSync(logDirectory).bavail === 0)
  await hup(means)
  await pause(1_000)
}

async function anything(means: Means): Promise<void> {
  const deeds = [hup, hup, moreAndFewer, reopen, kill]
  await means.random.pick(deeds)(means)
  await pause(means.random.below(200))
}

/** Enough for some hundred lines of a log. */
const SMALL_DISK = '64k'

/** A disk that is soon full, and what takes it away again; `undefined` where this user may not mount one. */
export function smallDisk(): { readonly directory: string; readonly remove: () => void } | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'chaos-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}`, 'tmpfs', directory], { stdio: 'ignore' })
  } catch {
    rmSync(directory, { recursive: true })
    return undefined
  }
  const remove = (): void => {
    execFileSync('umount', ['--lazy', directory], { stdio: 'ignore' })
    rmSync(directory, { recursive: true, force: true })
  }
  return { directory, remove }
}
