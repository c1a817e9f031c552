// Holds servers against the whole server suite, several at a time, each lane in a process of its own (run-suites.mjs).
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ServerSuiteOptions } from '../src/conformance/server/suite.ts'
import { PatchedServer, type ServerCommands } from './patched-server.ts'
import type { Patch } from './server-mutant.ts'

const RUNNER = fileURLToPath(new URL('./run-suites.mjs', import.meta.url))

/** Servers that are judged at a time: more than processors, since most of what a broken server does is to be silent. */
const LANES = 3

/** Milliseconds for one run, far beyond what the bounds of its cases add up to. */
const RUN_TIMEOUT = 300_000

/** Of the offsets at which inputs are cut, broken servers see so many fewer: most of a run's work is in these. */
const SOME_CUTS = { cutEvery: 60 } as const

/**
 * How broken servers are looked at first: with less patience than the suite's own. What comes out otherwise than expected,
 * which on a busy machine may be for want of patience, is looked at again, alone and with all of it.
 */
const QUICK = { ...SOME_CUTS, patience: 1500 } as const

/** A server to judge. */
export interface JudgedServer {
  readonly patches: readonly Patch[]
  /** What of the commands is used, and what is claimed. */
  readonly use: (server: PatchedServer) => ServerCommands
  /** Where it is judged as an implementer would: whether inputs are cut at every offset. */
  readonly isCutEverywhere?: boolean
  /** Ids of cases, requirements or groups that are run; all where absent. */
  readonly only?: readonly string[] | undefined
  /** The cases that have to fail; where it is not known, the first look decides. */
  readonly expected?: readonly string[] | undefined
}

/** What the suite said of a server. */
export interface Judgement {
  /** The cases that it did not pass. */
  readonly caughtBy: readonly string[]
  /** The same with what they said. */
  readonly failures: readonly string[]
  readonly result: string
  /** Whether it was looked at twice. */
  readonly again: boolean
}

interface Outcome {
  readonly result: string
  readonly verdicts: readonly { readonly id: string; readonly outcome: string; readonly message?: string }[]
}

/** Judges all of them, by name. Rejects where a run does not end. */
export async function judgeServers(
  servers: Readonly<Record<string, JudgedServer>>,
): Promise<ReadonlyMap<string, Judgement>> {
  const judgements = new Map<string, Judgement>()
  const queue = Object.entries(servers).values()
  const lane = (): Promise<void> =>
    withRunner(async runner => {
      for (const [name, server] of queue) judgements.set(name, await judge(runner, { server, how: QUICK }))
    })
  await Promise.all(Array.from({ length: LANES }, lane))
  const unexpected = Object.entries(servers).filter(
    ([name, { expected }]) => expected !== undefined && !same(judgements.get(name)?.caughtBy ?? [], expected),
  )
  if (unexpected.length === 0) return judgements
  await withRunner(async runner => {
    for (const [name, server] of unexpected) {
      judgements.set(name, { ...(await judge(runner, { server, how: SOME_CUTS })), again: true })
    }
  })
  return judgements
}

/** Judges one as an implementer would: with the suite's own patience, and where it is asked for with all offsets. */
export function judgeServer(server: JudgedServer): Promise<Judgement> {
  return withRunner(runner => judge(runner, { server, how: server.isCutEverywhere === true ? {} : SOME_CUTS }))
}

/** Whether both lists have the same cases, in the same order. */
export function same(some: readonly string[], others: readonly string[]): boolean {
  return some.join() === others.join()
}

async function judge(
  runner: ChildProcess,
  { server, how }: { readonly server: JudgedServer; readonly how: ServerSuiteOptions },
): Promise<Judgement> {
  const patched = new PatchedServer(server.patches)
  try {
    const answered = once(runner, 'message', { signal: AbortSignal.timeout(RUN_TIMEOUT) })
    runner.send({ ...server.use(patched), only: server.only, ...how })
    const [{ result, verdicts }] = (await answered) as [Outcome]
    const failed = verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'non-strict')
    return {
      caughtBy: failed.map(({ id }) => id),
      failures: failed.map(({ id, message }) => `${id}: ${message}`),
      result,
      again: false,
    }
  } finally {
    patched.dispose()
  }
}

async function withRunner<Result>(work: (runner: ChildProcess) => Promise<Result>): Promise<Result> {
  // What the broken servers run of the product is not to count as covered, and the runner's flags are not theirs.
  const { NODE_OPTIONS: _options, NODE_ENV: _env, NODE_V8_COVERAGE: _coverage, ...env } = process.env
  const runner = fork(RUNNER, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exit = once(runner, 'exit')
  try {
    return await Promise.race([
      work(runner),
      exit.then(() => Promise.reject(new Error('the process that runs the suite ended'))),
    ])
  } finally {
    runner.kill()
    await exit
  }
}
