// The arbiter's decisions with a clock that is moved by hand.
import type { ArbiterEvent, ArbiterState, Command, MasterSignal, Notice, Policy } from '../../src/arbiter/model.ts'
import { initialState, nextDeadline, step } from '../../src/arbiter/state.ts'
import type { WorkerStats } from '../../src/ipc/messages.ts'

const POLICY: Policy = {
  workers: 2,
  bootTimeout: 60_000,
  gracefulTimeout: 30_000,
  preStopDelay: 0,
  timeout: 0,
  maxMemory: 0,
  maxLifetime: 0,
  upgradeAuto: false,
  healthWindow: 0,
  scaling: null,
  emergency: null,
}
/** What workers of a bench tell of themselves. */
export const STATS: WorkerStats = {
  requests: 0,
  active: 0,
  connections: 0,
  rss: 50 * 2 ** 20,
  busyness: 0,
  traffic: null,
}
/** Why workers of a bench fail. */
export const FAILURE = { message: 'app.js is broken', detail: null, exitCode: 4 }

/** An arbiter whose clock is moved by hand. */
export class Bench {
  now = 1_000
  state: ArbiterState
  commands: readonly Command[] = []

  constructor(policy: Partial<Policy> = {}) {
    this.state = initialState({ ...POLICY, ...policy })
    this.event({ type: 'launch' })
  }

  /** Applies an event; `commands` is what it led to. */
  event(event: ArbiterEvent): readonly Command[] {
    // Frozen: a step that wrote to the state it was given would throw.
    const { state, commands } = step(freeze(this.state), event, { now: this.now, random: 0 })
    this.state = state
    this.commands = commands
    return commands
  }

  signal(signal: MasterSignal): readonly Command[] {
    return this.event({ type: 'signal', signal })
  }

  /** HUP, and what comes of reading the same configuration again; with `policy` another one. */
  reload(policy: Partial<Policy> = {}): readonly Command[] {
    this.signal('SIGHUP')
    return this.event({ type: 'reread', policy: { ...this.state.policy, ...policy } })
  }

  ready(...ids: readonly number[]): void {
    for (const id of ids) this.event({ type: 'ready', id })
  }

  /** A heartbeat of each of these. */
  beat(ids: readonly number[], stats: Partial<WorkerStats> = {}): readonly Command[] {
    let commands: readonly Command[] = []
    for (const id of ids) commands = this.event({ type: 'beat', id, stats: { ...STATS, ...stats } })
    return commands
  }

  /** A second passes for the master. */
  pulse(elapsed = 1_000): readonly Command[] {
    this.now += elapsed
    return this.event({ type: 'pulse', elapsed })
  }

  exit(id: number, ending = 'exited with code 1'): readonly Command[] {
    return this.event({ type: 'exited', id, ending })
  }

  fail(id: number): readonly Command[] {
    this.event({ type: 'failed', id, failure: FAILURE })
    return this.exit(id)
  }

  /** Moves the clock to the next deadline, and ticks. Returns how long that took. */
  wait(): number {
    const deadline = nextDeadline(this.state)
    if (deadline === undefined) throw new Error('nothing to wait for')
    const waited = deadline - this.now
    this.now = deadline
    this.event({ type: 'tick' })
    return waited
  }

  /** The ids of the workers that serve. */
  get serving(): readonly number[] {
    return this.state.workers.flatMap(({ id, phase }) => (phase === 'ready' ? [id] : []))
  }

  get slots(): readonly number[] {
    return this.state.workers.map(({ slot }) => slot)
  }
}

function freeze(state: ArbiterState): ArbiterState {
  for (const entry of [...state.workers, ...state.vacancies]) Object.freeze(entry)
  Object.freeze(state.workers)
  Object.freeze(state.vacancies)
  return Object.freeze(state)
}

/** What is to be done, without what is to be told. */
export const done = (commands: readonly Command[]): readonly Command[] =>
  commands.filter(({ type }) => type !== 'notice')
/** What is to be told. */
export const notices = (commands: readonly Command[]): readonly Notice[] =>
  commands.flatMap(command => (command.type === 'notice' ? [command.notice] : []))
/** The kinds of what is to be told. */
export const kinds = (commands: readonly Command[]): readonly Notice['kind'][] =>
  notices(commands).map(({ kind }) => kind)
