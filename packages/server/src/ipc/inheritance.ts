// What a master hands to the one that takes its place (SIGUSR2): its listening sockets, and a pipe to say over that it serves.
import { closeSync, writeSync } from 'node:fs'
import * as v from 'valibot'

/** A listening socket that is handed on. */
export interface InheritedSocket {
  /** Its number in the new process. */
  readonly fd: number
  /** What it was bound for, as on the command line. */
  readonly name: string
}

const VARIABLE = 'KIRIN_INHERITED'

/** Standard input, output and error come before the pipe, and the sockets after it. */
const READY_DESCRIPTOR = 3
const FIRST_SOCKET = 4

/** What is written there. */
export const READY = 'ready\n'

/** What the variable holds. */
export interface InheritanceNote {
  /** The process that hands it on. */
  readonly from: number
  /** The names of the sockets, in the order of their descriptors. */
  readonly names: readonly string[]
  readonly isActivated: boolean
}

const inheritance: v.GenericSchema<unknown, InheritanceNote> = v.object({
  from: v.number(),
  names: v.array(v.string()),
  isActivated: v.boolean(),
})

/** What the variable of a new master is to be, its sockets standing in this order behind the pipe. */
export function inheritanceVariable(what: InheritanceNote): Readonly<Record<string, string>> {
  return { [VARIABLE]: JSON.stringify(what) }
}

/** What this process was handed by the master that started it. */
export class Inheritance {
  /** The process that handed it on. */
  readonly from: number
  /** Whether a service manager had passed the sockets: they stand in the place of `--bind`. */
  readonly isActivated: boolean
  readonly #sockets: InheritedSocket[]
  #isReadyTold = false

  private constructor({ from, names, isActivated }: InheritanceNote) {
    this.from = from
    this.isActivated = isActivated
    this.#sockets = names.map((name, index) => ({ name, fd: FIRST_SOCKET + index }))
  }

  /**
   * Reads it, and takes it out of the environment: workers are to know nothing of it. What was meant for another process, as when an
   * application starts a kirin of its own, is none.
   */
  static take(environment: Record<string, string | undefined>, parent: number): Inheritance | undefined {
    const text = environment[VARIABLE]
    delete environment[VARIABLE]
    if (text === undefined) return undefined
    try {
      const read = v.safeParse(inheritance, JSON.parse(text))
      return read.success && read.output.from === parent ? new Inheritance(read.output) : undefined
    } catch {
      return undefined
    }
  }

  /** Whether the process that handed it on still runs: then the sockets' files, for instance, are still its own as well. */
  get isShared(): boolean {
    return process.ppid === this.from
  }

  /** The descriptor of the first socket of that name that was not claimed before. */
  claim(name: string): number | undefined {
    const index = this.#sockets.findIndex(socket => socket.name === name)
    return index === -1 ? undefined : this.#sockets.splice(index, 1)[0]?.fd
  }

  /** All of them that were not claimed before. */
  claimAll(): readonly InheritedSocket[] {
    return this.#sockets.splice(0)
  }

  /** Tells the other master that this one serves, once, and closes the sockets that nobody has claimed. */
  tellReady(): void {
    if (this.#isReadyTold) return
    this.#isReadyTold = true
    for (const { fd } of this.#sockets.splice(0)) closeSync(fd)
    try {
      writeSync(READY_DESCRIPTOR, READY)
    } catch {
      // It has gone meanwhile: there is nobody left to be told.
    }
    closeSync(READY_DESCRIPTOR)
  }
}
