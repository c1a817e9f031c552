// Starts real kirin processes from dist, and waits for what they say.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, jest } from '@jest/globals'

/** The built command. */
export const KIRIN_BIN: string = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url))

/** How one kirin is started. */
export interface KirinOptions {
  /** Where its application is; see {@link applicationDirectory}. */
  readonly cwd?: string
  /** Added to an environment that holds nothing but PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
  /** Descriptors that it is started with, from 3 on. */
  readonly descriptors?: readonly number[]
  /** A program and its first arguments, which starts what follows those. */
  readonly launcher?: readonly string[]
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: string | null
}

interface Waiter {
  readonly pattern: RegExp
  /** How much of standard error to skip. */
  readonly after: number
  readonly found: (match: RegExpExecArray) => void
  readonly lost: (error: Error) => void
}

const running = new Set<KirinProcess>()
const directories: string[] = []

// Starting processes takes its time on a busy machine; nothing here depends on how much.
jest.setTimeout(60_000)

afterEach(async () => {
  await Promise.all([...running].map(kirin => kirin.dispose()))
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** Starts kirin. Whatever a test leaves running is killed after it. */
export function startKirin(args: readonly string[], options: KirinOptions = {}): KirinProcess {
  return new KirinProcess(args, options)
}

/** Starts kirin on a free port of 127.0.0.1 and waits until it listens. */
export async function startServing(args: readonly string[], options: KirinOptions = {}): Promise<ServingKirin> {
  const kirin = startKirin(['--bind', '127.0.0.1:0', ...args], options)
  const [, origin = ''] = await kirin.line(/Listening at (https?:\S+?)(?:,|$)/)
  return { kirin, origin }
}

/** A kirin that listens. */
export interface ServingKirin {
  readonly kirin: KirinProcess
  /** `http://127.0.0.1:port`, `https:` with a certificate. */
  readonly origin: string
}

/** Makes a temporary directory with these files, removed after the test. */
export function applicationDirectory(files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'kirin-test-')))
  directories.push(directory)
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return directory
}

/** The smallest application there is. */
export const HELLO: string = `export default () => ({ status: 200, body: 'hello' })\n`

/** A running kirin: its master, its output. */
export class KirinProcess {
  /** Everything written to standard output so far. */
  stdout = ''
  /** Everything written to standard error so far. */
  stderr = ''
  readonly #child: ChildProcess
  readonly #waiters = new Set<Waiter>()
  readonly #exit: Promise<Ending>
  readonly #silence: Promise<void>

  constructor(args: readonly string[], { cwd, env, descriptors = [], launcher = [] }: KirinOptions) {
    const { PATH = '', HOME = '' } = process.env
    const [command = '', ...words] = [...launcher, process.execPath, KIRIN_BIN, ...args]
    this.#child = spawn(command, words, {
      cwd,
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
      // A process group of its own, as a shell gives it: `interruptGroup` is then a terminal's ^C.
      detached: true,
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#heard('stdout', text))
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#heard('stderr', text))
    this.#exit = once(this.#child, 'exit').then(([code, signal]: (string | number | null)[]) => {
      return { code: typeof code === 'number' ? code : null, signal: typeof signal === 'string' ? signal : null }
    })
    this.#silence = once(this.#child, 'close').then(() => this.#fell())
    running.add(this)
  }

  /** The master. */
  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** How the master ended. */
  exited(): Promise<Ending> {
    return this.#exit
  }

  /** Resolves when the master and every worker have gone: nobody holds their common output any more. */
  allGone(): Promise<void> {
    return this.#silence
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Stops reading standard output: writing to it fails with EPIPE from then on. */
  async closeStdout(): Promise<void> {
    const { stdout } = this.#child
    if (stdout === null || stdout.destroyed) return
    stdout.destroy()
    await once(stdout, 'close')
  }

  /** What a terminal does at ^C: the signal goes to the master and to every worker. */
  interruptGroup(): void {
    process.kill(-this.pid, 'SIGINT')
  }

  /**
   * Waits until a line of either output matches.
   *
   * @param after ignore output before this mark; see {@link mark}
   * @throws Error with the whole output when the processes end without such a line
   */
  line(pattern: RegExp, after = 0): Promise<RegExpExecArray> {
    const multiline = new RegExp(pattern.source, 'm')
    return new Promise((found, lost) => {
      const waiter = { pattern: multiline, after, found, lost }
      this.#waiters.add(waiter)
      this.#try(waiter)
    })
  }

  /** A position in standard error: what was written later is looked at by `line(pattern, mark)`. */
  mark(): number {
    return this.stderr.length
  }

  /** The process ids of the workers alive now, lowest first. */
  workers(): readonly number[] {
    return childrenOf(this.pid)
  }

  /** Kills what is left and waits until it has gone. */
  async dispose(): Promise<void> {
    running.delete(this)
    // The group outlives its leader: workers whose master was killed are in it.
    killIfAlive(-this.pid)
    await this.#silence
  }

  #heard(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text
    for (const waiter of this.#waiters) this.#try(waiter)
  }

  #try(waiter: Waiter): void {
    const match = waiter.pattern.exec(this.stderr.slice(waiter.after)) ?? waiter.pattern.exec(this.stdout)
    if (match === null) return
    this.#waiters.delete(waiter)
    waiter.found(match)
  }

  #fell(): void {
    running.delete(this)
    for (const { pattern, lost } of this.#waiters) {
      lost(new Error(`no line matched ${pattern.source} in:\n${this.stdout}${this.stderr}`))
    }
  }
}

/** Runs kirin to its end. */
export async function runKirin(args: readonly string[], options: KirinOptions = {}): Promise<FinishedKirin> {
  const kirin = startKirin(args, options)
  const { code } = await kirin.exited()
  await kirin.allGone()
  return { code, stdout: kirin.stdout, stderr: kirin.stderr }
}

/** What a kirin that ended has left. */
export interface FinishedKirin {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The children of a process, by Linux's /proc; none when it has gone. */
export function childrenOf(pid: number): readonly number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return list
      .split(' ')
      .filter(word => word !== '')
      .map(Number)
  } catch {
    return []
  }
}

/** What `ps` shows of a process. */
export function titleOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
