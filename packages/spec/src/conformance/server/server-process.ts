import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConformanceFailure, fail } from '../failure.ts'
import { takeAwayAtExit } from './left-behind.ts'
import { PATIENCE } from './patience.ts'
import { ProbeDirectory } from './probe-directory.ts'
import { writeCertificates } from './tls/certificate-files.ts'
import { Connection } from './wire/connection.ts'

/** Milliseconds between two attempts to reach a server that is starting. */
const ATTEMPT_INTERVAL = 20

/** Milliseconds for a start, unless the operator says otherwise: an interpreter, a framework, a busy machine. */
export const START_TIMEOUT = 20_000

/** An end after SIGTERM, with nothing under way, may take so many times what an event may take. */
const STOP_PATIENCE = 2

/** How much of a server's output is kept, in characters: more than it prints between two looks at it. */
const OUTPUT_KEPT = 65_536

/** How often the output is looked at while somebody waits, in milliseconds. */
const OUTPUT_INTERVAL = 5

/** The applications that servers are started with. */
export type ProbeName = 'application' | 'bare-application'

/** How a server is started. */
export interface StartOptions {
  /** Run by `sh`. `{app}`, `{port}`, `{workers}`, `{limit}`, `{mount}`, `{socket}`, and the files `{cert}`, `{key}`, `{ca}` are replaced. */
  readonly command: string
  /** Whether what it starts speaks TLS. */
  readonly secure?: boolean
  readonly workers?: number
  /** Most bytes of a body. */
  readonly limit?: number
  /** Where the application stands: a path without a slash at its end. */
  readonly mount?: string
  readonly probe?: ProbeName
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly startTimeout?: number | undefined
  /** Milliseconds for what it does once it runs; {@link PATIENCE} where absent. */
  readonly patience?: number | undefined
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server that is reachable, whoever started it. */
export interface Reachable {
  readonly where: NetConnectOpts
  readonly probe: ProbeDirectory
  /** Whether clients have to speak TLS. */
  readonly secure: boolean
}

/** A server that the suite started. Every wait for it is bounded. */
export class ServerProcess implements Reachable {
  readonly where: NetConnectOpts
  readonly probe: ProbeDirectory
  readonly secure: boolean
  /** What it printed, the end of it. */
  output = ''
  /** How it ended, once it has. */
  end: ProcessEnd | undefined
  readonly #child: ChildProcess
  readonly #ended: Promise<ProcessEnd>
  readonly #takenAway: () => void
  readonly #mount: string
  readonly #startTimeout: number
  readonly #patience: number

  private constructor(options: StartOptions, port: number) {
    const { command, workers = 1, probe = 'application', env = {}, startTimeout = START_TIMEOUT } = options
    this.secure = options.secure === true
    this.#patience = options.patience ?? PATIENCE
    this.probe = new ProbeDirectory({ patience: this.#patience })
    this.#startTimeout = startTimeout
    this.#mount = options.mount ?? ''
    const socket = join(this.probe.path, 'server.sock')
    this.where = command.includes('{socket}') ? { path: socket } : { host: '127.0.0.1', port }
    const [count, limit] = [String(workers), String(options.limit ?? '')]
    const places = { app: probePath(probe), port: String(port), workers: count, limit, mount: this.#mount, socket }
    const filled = fill(command, { ...places, ...(this.secure ? writeCertificates(this.probe.path) : {}) })
    // `exec`, so that the signals of the suite reach the server and not the shell.
    this.#child = spawn('sh', ['-c', `exec ${filled}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), NSGI_PROBE_DIR: this.probe.path, ...env },
      detached: true,
    })
    this.#takenAway = takeAwayAtExit(() => {
      killGroup(this.#child.pid)
      this.probe.dispose()
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-OUTPUT_KEPT)
      })
    }
    this.#ended = new Promise(resolve => {
      const over = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.end ??= { code, signal }
        resolve(this.end)
      }
      this.#child.on('exit', over)
      this.#child.on('error', error => {
        this.output += error.message
        over(127, null)
      })
    })
  }

  /** Starts a server and does not wait for it. */
  static async launch(options: StartOptions): Promise<ServerProcess> {
    return new ServerProcess(options, await freePort())
  }

  /** Starts a server and waits until it answers; takes it away where it does not. */
  static async start(options: StartOptions, signal: AbortSignal): Promise<ServerProcess> {
    const server = await ServerProcess.launch(options)
    try {
      await server.answers(signal)
      return server
    } catch (error) {
      await server.dispose()
      throw error
    }
  }

  /** The process that the command started: with several workers, the one that looks after them. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Waits until a request is answered. Fails where the process ends, answers nonsense, or takes too long. */
  async answers(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + this.#startTimeout
    for (;;) {
      if (this.end !== undefined) this.#failed(`the server ended (${endInWords(this.end)}) before it answered`)
      try {
        const silence = Math.max(1, deadline - performance.now())
        await expectAnswer(this, { signal, silence, mount: this.#mount })
        return
      } catch (error) {
        const refused = error instanceof ConformanceFailure && error.cause !== undefined
        if (this.end !== undefined) continue
        if (!refused || signal.aborted) this.#failed('the server does not answer its first request as it should', error)
        if (performance.now() > deadline) {
          this.#failed(`the server accepted no connection within ${this.#startTimeout / 1000} s`, error)
        }
        await new Promise(resolve => setTimeout(resolve, ATTEMPT_INTERVAL))
      }
    }
  }

  /** Waits until this text stood in its output. */
  async printed(text: string, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + this.#patience
    while (!this.output.includes(text)) {
      if (signal.aborted || performance.now() > deadline) {
        fail(`the server did not print "${text}" within ${this.#patience / 1000} s`, { seen: this.output })
      }
      await new Promise(resolve => setTimeout(resolve, OUTPUT_INTERVAL))
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits for the end. */
  async ended(limit: number = this.#patience * STOP_PATIENCE): Promise<ProcessEnd> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, limit, undefined)
    })
    const end = await Promise.race([this.#ended, late])
    clearTimeout(timer)
    return end ?? this.#failed(`the server did not end within ${limit / 1000} s`)
  }

  /** Asks it to stop, so that it can write what it writes at its end (coverage, logs), then takes it away. */
  async stop(): Promise<void> {
    if (this.end === undefined) this.#child.kill('SIGTERM')
    await this.ended().catch(() => undefined)
    await this.dispose()
  }

  /** Kills it and whatever it has started: how it stops when it is asked to is for cases to find out. */
  async dispose(): Promise<void> {
    killGroup(this.#child.pid)
    // A group that ignores SIGKILL does not exist, but output that somebody else holds does: it is not waited for.
    await this.#ended
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.probe.dispose()
    this.#takenAway()
  }

  #failed(message: string, cause?: unknown): never {
    const shown = this.output === '' ? '' : `\nThe end of its output:\n${this.output.trimEnd()}`
    if (cause instanceof ConformanceFailure) {
      fail(`${message}: ${cause.message}${shown}`, { seen: cause.seen, expected: cause.expected })
    }
    fail(`${message}${shown}`)
  }
}

/** Sends one request and reads one answer. */
export async function expectAnswer(
  { where, secure }: Pick<Reachable, 'where' | 'secure'>,
  how: { readonly signal: AbortSignal; readonly silence: number; readonly mount?: string },
): Promise<void> {
  const { signal, silence, mount = '' } = how
  const connection = await Connection.open({ where, name: 'first', signal, silence, tls: secure ? {} : undefined })
  try {
    connection.request({
      method: 'GET',
      bytes: Buffer.from(`GET ${mount}/?first HTTP/1.1\r\nHost: conformance\r\nConnection: close\r\n\r\n`),
    })
    const { status, body } = await connection.response()
    if (status !== 200 || !body.toString('latin1').startsWith('probe ')) {
      fail(`the first request was answered with ${status}, not by the probe application`, { seen: body })
    }
  } finally {
    connection.dispose()
  }
}

/** An end in words: `exit code 3`, `SIGKILL`. */
export function endInWords({ code, signal }: ProcessEnd): string {
  return signal ?? `exit code ${code}`
}

/** The compiled probe: servers load it as any application. */
export function probePath(name: ProbeName): string {
  return fileURLToPath(new URL(`./probe/${name}.js`, import.meta.url))
}

function fill(command: string, values: Readonly<Record<string, string>>): string {
  return command.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name]
    return value === undefined ? whole : `'${value.replaceAll("'", String.raw`'\''`)}'`
  })
}

/** This process's environment without what would change a node started from it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, ...rest } = process.env
  return rest
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
