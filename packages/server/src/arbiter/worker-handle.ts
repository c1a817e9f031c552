// The master's end of one worker process.
import { type ChildProcess, type SendHandle, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { product } from '../config/product.ts'
import type { WorkerEnding } from '../hooks/hooks.ts'
import { FIRST_SOCKET, readTraceAnswer, TRACE_DESCRIPTOR, TRACE_REQUEST } from '../ipc/heartbeat.ts'
import { type BootOrder, envelop, type FromWorker, readFromWorker, type ToWorker } from '../ipc/messages.ts'
import { describeSpawnFailure } from './spawn-failure.ts'

/** What a worker process is started with. */
export interface WorkerLaunch {
  /** The module to run. */
  readonly module: string
  /** The program to run in its place (`kirin run`): the module is loaded before it. */
  readonly program?: Program | undefined
  /** Descriptors of the master's bound sockets. */
  readonly sockets: readonly number[]
  /** Its place, which its successor gets as well. */
  readonly place: number
  /** The descriptor of its standard output and error; the master's own where there is none. */
  readonly output?: number | undefined
  /** The rest of what it is told. */
  readonly order: Omit<BootOrder, 'descriptors' | 'version'>
  readonly onMessage: (message: FromWorker) => void
  /** Called once, after every message. */
  readonly onExit: (ending: ProcessEnding) => void
  /** Called instead, later, when there never was a process; the message completes "a worker …". */
  readonly onFailure: (error: Error) => void
}

/** How a worker's process ended. */
export interface ProcessEnding extends WorkerEnding {
  /** Completes "the worker …". */
  readonly text: string
}

/** A program that listens by itself. */
export interface Program {
  /** Absolute. */
  readonly path: string
  /** The words of its own command line. */
  readonly words: readonly string[]
}

/** A running worker. */
export interface WorkerHandle {
  readonly pid: number | undefined
  kill(signal: NodeJS.Signals): void
  /** `socket` is a bound handle that goes with it. */
  send(message: ToWorker, socket?: object): void
  /** Asks where its event loop stands still; there may be no answer. */
  trace(answer: (stack: string | null) => void): void
}

/** Two processes cannot listen on one inspector port; a worker is debugged with SIGUSR1's successor or on its own. */
const MASTER_ONLY_FLAG = /^--(?:inspect|debug-port|watch)/

/**
 * What a worker gets of the flags that Node itself was started with (`process.execArgv`). The value of a flag that the
 * master keeps may be a word of its own (`--inspect-port 9230`): left there, Node would run it as the program.
 */
export function workerFlags(flags: readonly string[]): readonly string[] {
  return flags.filter((flag, index) => {
    const before = flags[index - 1]
    const isValue = !flag.startsWith('-') && before !== undefined && MASTER_ONLY_FLAG.test(before)
    return !isValue && !MASTER_ONLY_FLAG.test(flag)
  })
}

/**
 * Starts a worker and tells it what to do.
 *
 * @throws the system's error where it has no memory for another process; that of one without descriptors goes to `onFailure`
 */
export function startWorker(launch: WorkerLaunch): WorkerHandle {
  const output = launch.output ?? 'inherit'
  const child = spawn(process.execPath, [...workerFlags(process.execArgv), ...entryOf(launch)], {
    env: { ...process.env, KIRIN_WORKER_ID: `${launch.place}` },
    stdio: ['ignore', output, output, 'ipc', 'pipe', ...launch.sockets],
  })
  child.on('message', received => {
    const message = readFromWorker(received)
    if (message !== undefined) launch.onMessage(message)
  })
  onceOver(child, launch)
  const send = (message: ToWorker, socket?: object): void => {
    // A failure to send means that the process is going away, which its exit will report.
    if (child.connected) child.send(envelop(message), socket as SendHandle | undefined, () => {})
  }
  const descriptors = launch.sockets.map((_, index) => FIRST_SOCKET + index)
  send({ type: 'boot', order: { ...launch.order, version: product.version, descriptors } })
  // Node makes no streams for a process that could not be started for want of descriptors, whatever its types say.
  const traces = (child.stdio as typeof child.stdio | undefined)?.[TRACE_DESCRIPTOR] as Duplex | undefined
  // What goes wrong there is told by the worker's exit.
  traces?.on('error', () => {})
  return {
    pid: child.pid,
    kill(signal) {
      if (child.pid !== undefined) child.kill(signal)
    },
    send,
    trace: answer => traces && ask(traces, answer),
  }
}

function ask(channel: Duplex, answer: (stack: string | null) => void): void {
  let said = ''
  const hear = (part: Buffer): void => {
    said += part.toString()
    const end = said.indexOf('\n')
    if (end === -1) return
    channel.off('data', hear)
    const answered = readTraceAnswer(said.slice(0, end))
    if (answered !== undefined) answer(answered.stack)
  }
  channel.on('data', hear)
  channel.write(TRACE_REQUEST)
}

/** A program is the main module of its process, as under node itself: what it finds in `require.main` and `process.argv` is right. */
function entryOf({ module, program }: WorkerLaunch): readonly string[] {
  if (program === undefined) return [module]
  return ['--import', pathToFileURL(module).href, program.path, ...program.words]
}

/** Waits for the exit and for the channel's end: the exit alone may overtake a last message. */
function onceOver(child: ChildProcess, { onExit, onFailure }: Pick<WorkerLaunch, 'onExit' | 'onFailure'>): void {
  child.once('exit', (code, signal) => {
    const text = signal === null ? `exited with code ${code}` : `was killed by ${signal}`
    const ending = { text, code, signal }
    if (child.connected) child.once('disconnect', () => onExit(ending))
    else onExit(ending)
  })
  child.on('error', error => {
    // Without a pid it never started, and no exit will follow.
    if (child.pid === undefined) onFailure(new Error(describeSpawnFailure(error), { cause: error }))
  })
}
