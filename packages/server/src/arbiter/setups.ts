// What workers are started with: by the configuration of now, by that of before as long as it may be gone back to, and by those that
// workers still serve under.
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { MasterHooks } from '../hooks/hooks.ts'
import type { BootOrder } from '../ipc/messages.ts'
import type { BoundSocket } from '../transport/bind.ts'
import type { Policy } from './model.ts'

/** All that a configuration decides for an arbiter and its workers. */
export interface Setup {
  readonly policy: Policy
  /** What every worker is told besides its number and its title. */
  readonly order: Omit<BootOrder, 'slot' | 'title' | 'descriptors' | 'tls'>
  /** What a worker is called in `ps`. */
  readonly titleOf: (slot: number) => string
  /** Bound sockets; the arbiter closes them. */
  readonly sockets: readonly BoundSocket[]
  /** What the configuration file wants called. */
  readonly hooks: HookRunner<MasterHooks>
  /** Called when a reload makes this the configuration, or makes it that again; before new workers start. */
  readonly apply: () => void
}

export class Setups {
  #current: Setup
  /** What was current before a reload that is not over. */
  #fallback: Setup | undefined
  readonly #ofWorkers = new Map<number, Setup>()
  readonly #open: Set<BoundSocket>

  constructor(first: Setup) {
    this.#current = first
    this.#open = new Set(first.sockets)
  }

  get current(): Setup {
    return this.#current
  }

  /** From now on this is current. */
  adopt(setup: Setup): void {
    this.#fallback ??= this.#current
    this.#current = setup
    for (const socket of setup.sockets) this.#open.add(socket)
  }

  /** What was current before the reload is that again. */
  revert(): void {
    this.#current = this.#fallback ?? this.#current
    this.#fallback = undefined
  }

  /** A worker is started with what is current. */
  assign(id: number): Setup {
    this.#ofWorkers.set(id, this.#current)
    return this.#current
  }

  /**
   * Closes the sockets that nobody needs any more, so that clients are refused there and do not wait for nobody.
   *
   * @param staying the workers that accept, or will
   * @param mayRevert whether a reload is under way
   */
  closeUnneeded(staying: ReadonlySet<number>, mayRevert: boolean): void {
    if (!mayRevert) this.#fallback = undefined
    for (const id of this.#ofWorkers.keys()) if (!staying.has(id)) this.#ofWorkers.delete(id)
    const setups = [this.#current, ...this.#ofWorkers.values()]
    if (this.#fallback !== undefined) setups.push(this.#fallback)
    const needed = new Set(setups.flatMap(({ sockets }) => sockets))
    for (const socket of this.#open) if (!needed.has(socket)) this.#close(socket, false)
  }

  /** Closes all of them. */
  closeAll(isShared: boolean): void {
    for (const socket of this.#open) this.#close(socket, isShared)
  }

  #close(socket: BoundSocket, isShared: boolean): void {
    this.#open.delete(socket)
    socket.close(isShared)
  }
}
