// A second master beside this one: started with the same command and the same sockets, so that a new version of Kirin or of Node
// takes over without anybody being turned away.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { type Inheritance, inheritanceVariable, READY } from '../ipc/inheritance.ts'
import type { BoundSocket } from '../transport/bind.ts'
import type { PidFile } from './pid-file.ts'
import { describeSpawnFailure } from './spawn-failure.ts'

/** How this process was started. */
export interface OwnCommand {
  /** The program as it was called: looked for again, it may be another version. */
  readonly file: string
  readonly words: readonly string[]
  readonly directory: string
}

export interface UpgradeOptions {
  readonly command: OwnCommand
  /** This master's; `null` where there is none. */
  readonly pidFile: PidFile | null
  /** Whether a service manager passed the sockets. */
  readonly isActivated: boolean
  /** What variables were before `--env` set them: the new master sets those that its own configuration names. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** What this master was handed itself. */
  readonly inheritance: Inheritance | undefined
}

/** What becomes of a new master. */
export interface UpgradeEvents {
  readonly ready: () => void
  /** Completes "the new master …"; called once. */
  readonly ended: (ending: string) => void
}

/** A socket that another master may get as well. */
type HandedSocket = Pick<BoundSocket, 'fd' | 'name' | 'isInherited'>

export class Upgrade {
  readonly #options: UpgradeOptions
  #child: ChildProcess | undefined
  /** What the new master was started with. */
  #handed: ReadonlySet<HandedSocket> = new Set()

  constructor(options: UpgradeOptions) {
    this.#options = options
  }

  /** The process id of the new master, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Whether another master serves beside this one. */
  get isShared(): boolean {
    return this.#child !== undefined || this.#hasPredecessor
  }

  /** Whether another master has this socket as well: its file is for the last of them to take away. */
  readonly shares = (socket: HandedSocket): boolean =>
    (this.#child !== undefined && this.#handed.has(socket)) || (socket.isInherited === true && this.#hasPredecessor)

  get #hasPredecessor(): boolean {
    return this.#options.inheritance?.isShared === true
  }

  /** The workers of this master are ready, which the one that started it may wait for. */
  tellReady(): void {
    this.#options.inheritance?.tellReady()
  }

  /** Starts another master; `sockets` are this one's. */
  begin(sockets: readonly HandedSocket[], events: UpgradeEvents): void {
    const obstacle = this.#obstacle()
    if (obstacle !== undefined) {
      setImmediate(() => events.ended(`cannot be started: ${obstacle}`))
      return
    }
    const { pidFile } = this.#options
    pidFile?.setAside()
    try {
      this.#follow(this.#start(sockets), sockets, events)
    } catch (error) {
      // Node throws what the system seldom says: a program that is being written, one that is too large for what memory there is.
      pidFile?.takeBack()
      setImmediate(() => events.ended(describeSpawnFailure(error as Error)))
    }
  }

  #start(sockets: readonly HandedSocket[]): ChildProcess {
    const { command, isActivated, variables } = this.#options
    return spawn(command.file, command.words, {
      cwd: command.directory,
      env: {
        ...process.env,
        ...variables,
        ...inheritanceVariable({ from: process.pid, names: sockets.map(({ name }) => name), isActivated }),
      },
      stdio: ['inherit', 'inherit', 'inherit', 'pipe', ...sockets.map(({ fd }) => fd)],
    })
  }

  #follow(child: ChildProcess, sockets: readonly HandedSocket[], events: UpgradeEvents): void {
    const { pidFile } = this.#options
    this.#child = child
    this.#handed = new Set(sockets)
    const ended = (ending: string): void => {
      if (this.#child !== child) return
      this.#child = undefined
      pidFile?.takeBack()
      events.ended(ending)
    }
    child.once('exit', (code, signal) =>
      ended(signal === null ? `exited with code ${code}` : `was killed by ${signal}`),
    )
    child.once('error', error => ended(describeSpawnFailure(error)))
    // Node makes no streams for a process that could not be started for want of descriptors, whatever its types say.
    const pipe = (child.stdio as typeof child.stdio | undefined)?.[3] as Readable | undefined
    pipe?.on('error', () => {})
    pipe?.on('data', (said: Buffer) => {
      if (said.toString() === READY) events.ready()
    })
  }

  #obstacle(): string | undefined {
    if (process.pid === 1)
      return 'this is process 1, with which its container ends; HUP reloads, or replace the container'
    const { inheritance } = this.#options
    if (inheritance?.isShared !== true) return undefined
    return `the master that started this one (pid ${inheritance.from}) still runs; TERM to that one finishes its upgrade`
  }
}
