// A pre-fork server under chaos: Kirin, or gunicorn for comparison. Both are known by their signals and their processes alone.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BROKEN_APPLICATION, NSGI_APPLICATION, WSGI_APPLICATION } from './applications.ts'
import { childrenOf, runs, until } from './processes.ts'

export type ServerName = 'kirin' | 'gunicorn'

/** How a server is started. */
export interface SubjectOptions {
  readonly server: ServerName
  readonly workers: number
  /** Settings besides; both know them by the same names. */
  readonly settings?: readonly string[]
  /** Where it logs to; by default what it says is kept in memory. */
  readonly logDirectory?: string
}

/** What of a log is kept: the end. */
const LOG_TAIL = 100_000

/** Debian's, for Debian's Python: another one in the PATH may belong to another Python. */
const GUNICORN = '/usr/bin/gunicorn'

/** Whether a server can be started here. */
export function isInstalled(server: ServerName): boolean {
  return server === 'kirin' || existsSync(GUNICORN)
}

export class Subject {
  readonly server: ServerName
  /** How many workers it was told to have. */
  target: number
  port = 0
  log = ''
  /** The process that signals go to; another one after an upgrade. */
  master: number
  private readonly child: ChildProcess
  private readonly directory: string

  private constructor(options: SubjectOptions) {
    this.server = options.server
    this.target = options.workers
    this.directory = mkdtempSync(join(tmpdir(), 'chaos-'))
    this.mend()
    const { command, words } = commandOf(options)
    const { PATH = '', HOME = '' } = process.env
    // A group of its own: whatever becomes of the masters, it can be ended as a whole.
    this.child = spawn(command, words, {
      cwd: this.directory,
      env: { PATH, HOME, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.master = this.child.pid ?? -1
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log = (this.log + text).slice(-LOG_TAIL)
      })
    }
    process.once('exit', this.kill)
  }

  /** Starts it on a free port, and waits until all of its workers are there and one answers. */
  static async start(options: SubjectOptions): Promise<Subject> {
    const subject = new Subject(options)
    await until(`${options.server} to start: ${subject.log}`, () => {
      const [, port] = /Listening at:? http:\/\/127\.0\.0\.1:(\d+)/.exec(subject.log) ?? []
      subject.port = Number(port ?? 0)
      if (subject.child.exitCode !== null) throw new Error(`${options.server} did not start: ${subject.log}`)
      return subject.port > 0 && subject.isUp()
    })
    return subject
  }

  /** Whether all workers that it was told to have serve. gunicorn says no more than that it has begun to boot them. */
  private isUp(): boolean {
    const said = this.server === 'kirin' ? /Worker \d+ is ready/g : /Booting worker with pid/g
    return (this.log.match(said)?.length ?? 0) >= this.target && this.isSettled()
  }

  /** The workers, the oldest first, and whatever else the master has started. */
  workers(): readonly number[] {
    return childrenOf(this.master)
  }

  /** Whether it has as many workers as it should have: nothing is coming or going. */
  isSettled(): boolean {
    return this.workers().length === this.target
  }

  signal(signal: NodeJS.Signals): void {
    if (runs(this.master)) process.kill(this.master, signal)
  }

  /** Puts an application there that cannot be loaded. */
  break(): void {
    this.deploy(BROKEN_APPLICATION)
  }

  /** Puts the right one there. */
  mend(): void {
    this.deploy(this.server === 'kirin' ? NSGI_APPLICATION : WSGI_APPLICATION)
  }

  /** Ends it gracefully, and what is left after that by force. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    try {
      await until('the end', () => !runs(this.master), 60_000)
    } finally {
      this.kill()
      if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit')
      process.removeListener('exit', this.kill)
      rmSync(this.directory, { recursive: true, force: true })
    }
  }

  private readonly kill = (): void => {
    try {
      process.kill(-(this.child.pid ?? 0), 'SIGKILL')
    } catch {
      // All of it has gone.
    }
  }

  /** As a deployment should: at one go. */
  private deploy(text: string): void {
    const file = join(this.directory, this.server === 'kirin' ? 'app.mjs' : 'app.py')
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
}

function commandOf(options: SubjectOptions): { readonly command: string; readonly words: readonly string[] } {
  const { server, workers, settings = [], logDirectory } = options
  const common = ['--bind', '127.0.0.1:0', '--workers', String(workers), ...settings]
  if (logDirectory !== undefined) common.push('--access-logfile', join(logDirectory, 'access.log'))
  if (server === 'gunicorn') {
    // Threads, since its sync workers keep no connection; as many as there are clients for each.
    const words = [...common, '--worker-class', 'gthread', '--threads', '32', '--keep-alive', '65', 'app:app']
    return { command: GUNICORN, words }
  }
  const manifest = createRequire(import.meta.url).resolve('@nsgi/server/package.json')
  return { command: process.execPath, words: [join(dirname(manifest), 'dist/cli/bin.js'), ...common, 'app.mjs'] }
}
