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

/** The sockets of a worker, and what it is started with besides. */
export interface Assignment {
  readonly setup: Setup
  readonly sockets: readonly BoundSocket[]
}

export class Setups {
  #current: Setup
  /** What was current before a reload that is not over. */
  #fallback: Setup | undefined
  readonly #ofWorkers = new Map<number, Assignment>()
  /** Of sockets that each place has one of its own of: which place has which. */
  readonly #lanes = new Map<BoundSocket, Map<number, BoundSocket>>()
  readonly #open: Set<BoundSocket>
  /** Given up while another master had them as well: their files are for the last one to remove. */
  readonly #shared = new Set<BoundSocket>()
  readonly #isShared: (socket: BoundSocket) => boolean

  /** @param isShared whether another master has that socket as well */
  constructor(first: Setup, isShared: (socket: BoundSocket) => boolean = () => false) {
    this.#current = first
    this.#open = new Set(first.sockets)
    this.#isShared = isShared
  }

  get current(): Setup {
    return this.#current
  }

  /** All sockets that are open. */
  get sockets(): readonly BoundSocket[] {
    return [...this.#open]
  }

  /** From now on this is current. */
  adopt(setup: Setup): void {
    this.#fallback ??= this.#current
    this.#current = setup
    for (const socket of setup.sockets) {
      this.#shared.delete(socket)
      if (!this.#lanes.has(socket)) this.#open.add(socket)
    }
  }

  /** What another setup may be made with: also what a reload gives up that may still be gone back from, and what is another master's for now. */
  get present(): readonly BoundSocket[] {
    return [...new Set([...this.#current.sockets, ...(this.#fallback?.sockets ?? []), ...this.#shared])]
  }

  /** Whether a setup that was made with those sockets needs one that has been closed since. */
  lacks(setup: Setup, present: readonly BoundSocket[]): boolean {
    // Of one with lanes there is always another.
    const isHere = (socket: BoundSocket): boolean =>
      this.#open.has(socket) || this.#shared.has(socket) || this.#lanes.has(socket)
    return setup.sockets.some(socket => present.includes(socket) && !isHere(socket))
  }

  /** A setup that was made with those sockets does not become current: what was bound for it is closed. */
  drop(setup: Setup, present: readonly BoundSocket[]): void {
    for (const socket of setup.sockets) if (!present.includes(socket)) socket.close()
  }

  /** What was current before the reload is that again. */
  revert(): void {
    this.#current = this.#fallback ?? this.#current
    this.#fallback = undefined
  }

  /**
   * A worker is started with what is current.
   *
   * @throws BindError when its place cannot have sockets of its own; those of the others are left alone
   */
  assign(id: number, place: number): Assignment {
    const setup = this.#current
    const assignment = { setup, sockets: setup.sockets.map(socket => this.#laneOf(socket, place)) }
    this.#ofWorkers.set(id, assignment)
    return assignment
  }

  /**
   * Closes the sockets that nobody needs any more, so that clients are refused there and do not wait for nobody. Those with a file that
   * another master has as well stay open until it has gone: closing may mean removing the file, and until then nobody else could
   * bind that address for this master.
   *
   * @param staying the workers that accept, or will
   * @param mayRevert whether a reload is under way
   * @param mayRefill whether a place may be without a worker for now
   */
  closeUnneeded(
    staying: ReadonlySet<number>,
    { mayRevert, mayRefill }: { readonly mayRevert: boolean; readonly mayRefill: boolean },
  ): void {
    if (!mayRevert) this.#fallback = undefined
    for (const id of this.#ofWorkers.keys()) if (!staying.has(id)) this.#ofWorkers.delete(id)
    const needed = new Set([...this.#ofWorkers.values()].flatMap(({ sockets }) => sockets))
    for (const setup of [this.#current, this.#fallback]) {
      for (const socket of setup?.sockets ?? []) {
        const lanes = this.#lanes.get(socket)
        if (lanes === undefined) needed.add(socket)
        else if (mayRefill) for (const lane of lanes.values()) needed.add(lane)
      }
    }
    for (const socket of this.#open) {
      if (needed.has(socket)) continue
      if (hasFile(socket) && this.#isShared(socket)) this.#giveUp(socket)
      else this.#close(socket, false)
    }
    this.#release()
  }

  /** Closes all of them. Files of those that another master has as well are left to the last one. */
  closeAll(): void {
    for (const socket of this.#open) {
      const isShared = this.#isShared(socket)
      this.#close(socket, isShared)
      if (isShared) this.#shared.add(socket)
    }
    this.#release()
  }

  #giveUp(socket: BoundSocket): void {
    this.#open.delete(socket)
    this.#shared.add(socket)
  }

  /** The other master may have gone, too. */
  #release(): void {
    for (const socket of this.#shared) {
      if (this.#isShared(socket)) continue
      this.#shared.delete(socket)
      socket.close(false)
    }
  }

  /** The socket of that place. The first place that asks has the one that was bound first. */
  #laneOf(socket: BoundSocket, place: number): BoundSocket {
    if (socket.sibling === undefined) return socket
    const lanes = this.#lanes.get(socket) ?? new Map<number, BoundSocket>([[place, socket]])
    this.#lanes.set(socket, lanes)
    const lane = lanes.get(place) ?? socket.sibling()
    lanes.set(place, lane)
    this.#open.add(lane)
    return lane
  }

  #close(socket: BoundSocket, isShared: boolean): void {
    this.#open.delete(socket)
    for (const lanes of this.#lanes.values()) {
      for (const [place, lane] of lanes) if (lane === socket) lanes.delete(place)
    }
    socket.close(isShared)
  }
}

function hasFile({ url }: BoundSocket): boolean {
  return url.startsWith('unix:')
}
