// The servers of a program that is run by a worker: their `listen` ends here. The worker's engine serves what they have listeners
// for, with the operator's settings; they listen to nothing themselves.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Application, Endpoint } from '@nsgi/spec'
import type { BindAnswer, WantedAddress } from '../ipc/messages.ts'
import { addressOf, type ListenTarget, listenTarget } from './listen-arguments.ts'
import { programApplication } from './program-application.ts'
import { refuseOthers } from './refusals.ts'
import { replaceNodes } from './replacement.ts'
import { type TakeOver, takeOver } from './take-over.ts'

/** What a program's servers need of the worker. */
export interface ProgramHost {
  /** Has an address bound, or says why it cannot be. */
  bind(wanted: WantedAddress): Promise<BindAnswer>
  /** Has the engine serve the application on what was bound for `wanted`, and resolves when it does. */
  serve(application: Application, wanted: WantedAddress): Promise<void>
  /** The program cannot be run: `why` completes the sentence "server.js …"; `what` is at fault. */
  refuse(why: string, what: 'program' | 'address'): void
  /** The program has closed all of its servers. */
  closed(): void
  /** Everything has stopped: resolves when the program has had its time to clean up. */
  stopped(): Promise<void>
}

/** A server that was taken over. */
interface Taken {
  readonly server: Server
  readonly wanted: WantedAddress
  /** Where it is bound, once it is. */
  place: AddressInfo | string | null
  state: 'binding' | 'listening' | 'closing' | 'closed'
}

export class ProgramServers implements TakeOver {
  readonly #host: ProgramHost
  readonly #application: Application
  #taken: readonly Taken[] = []

  /** Puts this engine in the place of node's in this process, and has what cannot be taken over refused. */
  constructor(host: ProgramHost) {
    this.#host = host
    this.#application = programApplication(
      local => this.#serverAt(local),
      () => this.#stopped(),
    )
    takeOver.current = this
    replaceNodes()
    refuseOthers(why => host.refuse(why, 'program'))
  }

  /** Whether the program has begun to listen. */
  get isWanted(): boolean {
    return this.#taken.length > 0
  }

  listen(server: Server, given: readonly unknown[]): boolean {
    const target = listenTarget(given)
    // Arguments that mean nothing are for node's own error, and so is a second call.
    if (target === undefined || this.#of(server) !== undefined) return false
    if (typeof target === 'string') {
      this.#host.refuse(target, 'program')
      return true
    }
    const callback = given.findLast(one => typeof one === 'function') as (() => void) | undefined
    if (callback !== undefined) server.once('listening', callback)
    const nth = this.#taken.filter(({ wanted }) => isSame(wanted, target)).length
    const wanted = { ...target, nth, isFirst: this.#taken.length === 0 }
    const taken: Taken = { server, wanted, place: null, state: 'binding' }
    this.#taken = [...this.#taken, taken]
    void this.#bind(taken)
    return true
  }

  close(server: Server, callback: unknown): boolean {
    const taken = this.#of(server)
    if (taken === undefined || isOver(taken)) return false
    taken.state = 'closing'
    if (typeof callback === 'function') server.once('close', callback as () => void)
    // With the last one the worker stops, which tells when all is done.
    if (this.#taken.every(isOver)) this.#host.closed()
    else process.nextTick(tellClosed, taken)
    return true
  }

  address(server: Server): AddressInfo | string | null | undefined {
    const taken = this.#of(server)
    if (taken === undefined) return undefined
    return taken.state === 'listening' ? taken.place : null
  }

  async #bind(taken: Taken): Promise<void> {
    const { server, wanted } = taken
    const isChosen = wanted.address.type === 'tcp' && wanted.address.port === 0
    const answer = wanted.nth > 0 && !isChosen ? IN_USE : await this.#host.bind(wanted)
    if ('failure' in answer) {
      this.#failed(taken, answer)
      return
    }
    taken.place = addressOf(answer.url)
    await this.#host.serve(this.#application, wanted)
    if (taken.state !== 'binding') return
    taken.state = 'listening'
    server.emit('listening')
  }

  /** As on node, the program may have another address to try. */
  #failed(taken: Taken, { failure, code }: { readonly failure: string; readonly code: string | null }): void {
    const { server, wanted } = taken
    this.#taken = this.#taken.filter(other => other !== taken)
    if (server.listenerCount('error') === 0) {
      this.#host.refuse(failure, 'address')
      return
    }
    const details = { code: code ?? 'KIRIN_ADDRESS_UNAVAILABLE', syscall: 'listen', ...wanted.address }
    server.emit('error', Object.assign(new Error(failure), details))
  }

  async #stopped(): Promise<void> {
    for (const taken of this.#taken) tellClosed(taken)
    await this.#host.stopped()
  }

  #of(server: Server): Taken | undefined {
    return this.#taken.find(taken => taken.server === server)
  }

  /** Whose connection it is, by its own end: the first server's where nothing tells, as on sockets that the operator named. */
  #serverAt({ address, port }: Endpoint): Server | undefined {
    const [first, ...others] = this.#taken
    const fits = ({ place }: Taken): boolean =>
      typeof place === 'string' ? port === null : place?.port === port && isWithin(address, place)
    const taken = others.find(fits) ?? first
    return taken === undefined || isOver(taken) ? undefined : taken.server
  }
}

const IN_USE: BindAnswer = { failure: 'cannot listen twice on the same address', code: 'EADDRINUSE' }

function isOver({ state }: Taken): boolean {
  return state === 'closing' || state === 'closed'
}

function tellClosed(taken: Taken): void {
  if (taken.state === 'closed') return
  taken.state = 'closed'
  taken.server.emit('close')
}

function isSame(wanted: WantedAddress, { address }: ListenTarget): boolean {
  return JSON.stringify(wanted.address) === JSON.stringify(address)
}

function isWithin(address: string, place: AddressInfo | null): boolean {
  return place?.address === '::' || place?.address === '0.0.0.0' || place?.address === address
}
