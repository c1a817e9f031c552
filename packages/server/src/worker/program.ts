// A program that listens by itself, as a worker sees it: what it listens on is asked of the master, what it cannot have is said.
import type { Application } from '@nsgi/spec'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { BindAnswer, ToWorker, WantedAddress } from '../ipc/messages.ts'
import { ProgramServers } from '../node-http/program-servers.ts'
import type { LoadedApplication } from './application.ts'
import { BootError } from './boot-error.ts'

/** What a program needs of its worker. */
export interface ProgramOwner {
  /** As on the command line, for messages. */
  readonly name: string
  /** Asks the master for a socket; the answer has the same number. */
  ask(number: number, wanted: WantedAddress): void
  /** It cannot be run for that reason: the end of a worker that does not serve yet, afterwards a line in the log. */
  refuse(error: BootError): void
  /** It has closed its servers. */
  closed(): void
}

/** A program that listens. */
export interface TakenProgram {
  readonly loaded: LoadedApplication
  /** Descriptors of sockets that the master has handed over; none where the worker was started with them. */
  readonly descriptors: readonly number[]
}

/** Who serves it. */
export interface ProgramService {
  listenAlso(fd: number): Promise<void>
}

/** A handle that came with a message. Each is kept for as long as the process lives: closing it closes its descriptor. */
interface Handle {
  readonly fd: number
}

interface Question {
  readonly wanted: WantedAddress
  readonly answered: (answer: BindAnswer) => void
}

export class Program {
  /** Resolves when the program listens and there is a socket for it. */
  readonly taken: Promise<TakenProgram>
  readonly #owner: ProgramOwner
  readonly #servers: ProgramServers
  readonly #questions: Question[] = []
  readonly #handles = new Map<WantedAddress, Handle>()
  readonly #service: Promise<ProgramService>
  #take: (taken: TakenProgram) => void = () => undefined
  #serve: (service: ProgramService) => void = () => undefined
  #isTaken = false

  /** Puts this engine in the place of node's for the whole process, before the program is loaded. */
  constructor(owner: ProgramOwner) {
    this.#owner = owner
    this.taken = new Promise(resolve => {
      this.#take = resolve
    })
    this.#service = new Promise(resolve => {
      this.#serve = resolve
    })
    this.#servers = new ProgramServers({
      bind: wanted => this.#bind(wanted),
      serve: (application, wanted) => this.#serveOn(application, wanted),
      refuse: (why, what) =>
        this.#refuse(why, what === 'address' ? exitCodes.addressUnavailable : exitCodes.applicationUnusable),
      closed: () => owner.closed(),
      stopped: () => this.#stopped(),
    })
    this.#watchForItsEnd()
  }

  /** The master's answer, with the socket if that comes along. */
  answered({ number, answer }: Extract<ToWorker, { type: 'bound' }>, handle: unknown): void {
    const question = this.#questions[number]
    if (question === undefined) return
    if (typeof (handle as Partial<Handle> | undefined)?.fd === 'number') {
      this.#handles.set(question.wanted, handle as Handle)
    }
    question.answered(answer)
  }

  /** The service that was made of what was taken listens. */
  serves(service: ProgramService): void {
    this.#serve(service)
  }

  #refuse(why: string, exitCode: number): void {
    this.#owner.refuse(new BootError(`${this.#owner.name} ${why}`, exitCode))
  }

  #bind(wanted: WantedAddress): Promise<BindAnswer> {
    process.channel?.ref()
    return new Promise(answered => {
      this.#owner.ask(this.#questions.push({ wanted, answered }) - 1, wanted)
    })
  }

  async #serveOn(application: Application, wanted: WantedAddress): Promise<void> {
    const fd = this.#handles.get(wanted)?.fd
    if (this.#isTaken) {
      const service = await this.#service
      if (fd !== undefined) await service.listenAlso(fd)
      return
    }
    this.#isTaken = true
    const adapted = `${this.#owner.name} listens by itself: Kirin's engine serves what it serves`
    this.#take({ loaded: { application, adapted }, descriptors: fd === undefined ? [] : [fd] })
    await this.#service
  }

  /** The channel to the master alone is no reason to wait for a program that has come to its end. */
  #watchForItsEnd(): void {
    process.channel?.unref()
    process.once('beforeExit', () => {
      if (this.#servers.isWanted) return
      const why = 'has ended without listening: kirin run is for programs that call listen() of an HTTP server'
      this.#refuse(why, exitCodes.applicationUnusable)
    })
  }

  /**
   * A program that stops by a signal handler of its own is not cut off: it ends the process itself, or has nothing left to do. The
   * worker bounds the wait.
   */
  #stopped(): Promise<void> {
    const hasOwn = process.listenerCount('SIGTERM') > 1 || process.listenerCount('SIGINT') > 1
    if (!hasOwn) return Promise.resolve()
    process.channel?.unref()
    return new Promise(resolve => process.once('beforeExit', () => resolve()))
  }
}
