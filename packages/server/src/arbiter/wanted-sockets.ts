// The sockets of programs that listen by themselves: the master binds where the first worker's program wants to, and hands the
// same socket to every worker that asks.
import { formatBindAddress } from '../config/bind-address.ts'
import type { BindAnswer, WantedAddress } from '../ipc/messages.ts'
import type { BoundSocket } from '../transport/bind.ts'

/** What a worker is answered, and the handle that goes with it. */
export interface WantedAnswer {
  readonly answer: BindAnswer
  readonly handle: object | undefined
}

/** Tells sockets that programs want from each other, and from those that the operator wants. */
export function wantedName({ address, nth }: WantedAddress): string {
  return `program ${formatBindAddress(address)} ${nth}`
}

export class WantedSockets {
  readonly #given: readonly BoundSocket[]
  readonly #bind: ((wanted: WantedAddress) => Promise<BoundSocket>) | undefined
  readonly #bound = new Map<string, Promise<BoundSocket>>()
  readonly #urls: string[] = []
  /** Those that could be bound, in that order. */
  readonly #open: BoundSocket[] = []
  #isClosed = false
  /** Closed while another master had them as well. */
  readonly #shared = new Set<BoundSocket>()

  /** @param given sockets that workers are started with: they stand for whatever a program's first server wants */
  constructor(given: readonly BoundSocket[], bind?: (wanted: WantedAddress) => Promise<BoundSocket>) {
    this.#given = given
    this.#bind = bind
  }

  /** Where programs' own sockets are bound, in the order of their binding. */
  get urls(): readonly string[] {
    return this.#urls
  }

  /** What was bound here, under the names by which another master is to find it. */
  get open(): readonly BoundSocket[] {
    return this.#open
  }

  /** Binds that address, if it is not bound already. Never rejects. */
  async answer(wanted: WantedAddress): Promise<WantedAnswer> {
    const [first] = this.#given
    if (wanted.isFirst && first !== undefined) {
      return { answer: { url: first.url, isHanded: false }, handle: undefined }
    }
    try {
      const { url, handle } = await this.#socketAt(wanted)
      return { answer: { url, isHanded: true }, handle }
    } catch (error) {
      const { message, cause } = error as Error
      return { answer: { failure: message, code: typeof cause === 'string' ? cause : null }, handle: undefined }
    }
  }

  /** Closes what was bound here. Files of those that another master has as well are left to the last one. */
  close(isShared: (socket: BoundSocket) => boolean): void {
    this.#isClosed = true
    for (const socket of this.#bound.values()) {
      socket.then(bound => this.#close(bound, isShared)).catch(() => undefined)
    }
    this.#bound.clear()
    this.release(isShared)
  }

  /** Removes the files of those that nobody else has any more. */
  release(isShared: (socket: BoundSocket) => boolean): void {
    for (const socket of this.#shared) if (!isShared(socket)) this.#close(socket, isShared)
  }

  #socketAt(wanted: WantedAddress): Promise<BoundSocket> {
    const name = wantedName(wanted)
    const before = this.#bound.get(name)
    if (before !== undefined) return before
    const binding = this.#bindNow(wanted).then(socket => ({ ...socket, name }))
    this.#bound.set(name, binding)
    // What failed may be tried again.
    binding.then(
      socket => this.#opened(socket),
      () => void this.#bound.delete(name),
    )
    return binding
  }

  #opened(socket: BoundSocket): void {
    this.#urls.push(socket.url)
    this.#open.push(socket)
  }

  #close(socket: BoundSocket, isShared: (socket: BoundSocket) => boolean): void {
    const stays = isShared(socket)
    if (stays) this.#shared.add(socket)
    else this.#shared.delete(socket)
    socket.close(stays)
  }

  async #bindNow(wanted: WantedAddress): Promise<BoundSocket> {
    if (this.#bind === undefined || this.#isClosed) throw new Error('the server is stopping')
    return this.#bind(wanted)
  }
}
