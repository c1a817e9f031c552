// The server of a soak: a real kirin with several workers.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerStats } from './counts.ts'

const PROBE = fileURLToPath(new URL('../../dist/soak/probe.js', import.meta.url))

/** What of the log is kept: the end. */
const LOG_TAIL = 20_000

/** How a kirin of a soak is started. */
export interface KirinOptions {
  readonly workers: number
  /** Whether its TCP socket speaks TLS. */
  readonly isSecure?: boolean
  /** Further arguments. */
  readonly args?: readonly string[]
}

/**
 * Milliseconds after which what is there still is there for good. Lost connections are noticed at once or by the next two looks at all of them, each a second
 * behind the last; lingering ones are dropped after five seconds, handshakes that stopped after twelve.
 */
const PATIENCE = 30_000

/** How often a server must have answered by then: one that got no processor had no chance. */
const LEAST_ANSWERS = 100

const CERTIFICATES = new URL('../../../packages/server/test/support/certificates/', import.meta.url)
const TLS: readonly string[] = [
  '--certfile',
  fileURLToPath(new URL('server.pem', CERTIFICATES)),
  '--keyfile',
  fileURLToPath(new URL('server.key', CERTIFICATES)),
]

export class SoakedKirin {
  readonly port: number
  /** A UNIX socket that it listens on as well: over that it speaks plain HTTP in any case. */
  readonly socketPath: string
  private readonly child: ChildProcess
  private readonly log: { text: string }

  private constructor(child: ChildProcess, log: { text: string }, where: { port: number; socketPath: string }) {
    this.child = child
    this.log = log
    this.port = where.port
    this.socketPath = where.socketPath
  }

  /** Starts it on a free port, and waits until it listens. Rejects with its log if it does not. */
  static async start({ workers, isSecure = false, args: more = [] }: KirinOptions): Promise<SoakedKirin> {
    const folder = mkdtempSync(join(tmpdir(), 'kirin-soak-'))
    const socketPath = join(folder, 'kirin.sock')
    const manifest = createRequire(import.meta.url).resolve('@nsgi/server/package.json')
    const bin = join(dirname(manifest), 'dist/cli/bin.js')
    const { PATH = '', HOME = '' } = process.env
    const args = [
      '--bind',
      '127.0.0.1:0',
      '--bind',
      `unix:${socketPath}`,
      ...(isSecure ? TLS : []),
      ...more,
      '--workers',
      String(workers),
      '--graceful-timeout',
      '20',
      `${PROBE}:application`,
    ]
    const child = spawn(process.execPath, [bin, ...args], { env: { PATH, HOME }, stdio: ['ignore', 'ignore', 'pipe'] })
    // However this process ends, it leaves no server behind.
    const kill = (): boolean => child.kill('SIGKILL')
    process.once('exit', kill)
    child.once('close', () => {
      process.removeListener('exit', kill)
      rmSync(folder, { recursive: true, force: true })
    })
    const log = { text: '' }
    const port = await new Promise<number>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`kirin did not start: ${log.text}`)))
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log.text = (log.text + text).slice(-LOG_TAIL)
        const found = /Listening at https?:\/\/127\.0\.0\.1:(\d+)/.exec(log.text)?.[1]
        if (found !== undefined) resolve(Number(found))
      })
    })
    child.removeAllListeners('exit')
    return new SoakedKirin(child, log, { port, socketPath })
  }

  /** The end of what it wrote to its log. */
  get logTail(): string {
    return this.log.text
  }

  /** The numbers of every worker, asked until each has answered: which one gets a connection is for the system to say. */
  async stats(workers: number): Promise<WorkerStats[]> {
    const found = new Map<number, WorkerStats>()
    for (let i = 0; found.size < workers && i < 2000; i++) {
      // Several at a time: a lone one would always reach the same idle worker.
      const told = await Promise.all(Array.from({ length: 8 }, () => this.ask()))
      for (const one of told) if (one !== undefined) found.set(one.pid, one)
    }
    return [...found.values()].sort((a, b) => a.worker - b.worker)
  }

  /** Asks until nothing is under way in any worker, or it is plain that something stays. */
  async settledStats(workers: number, leaks: (stats: WorkerStats) => readonly string[]): Promise<WorkerStats[]> {
    const found = new Map<number, WorkerStats>()
    const started = performance.now()
    for (let answers = 0; answers < LEAST_ANSWERS || performance.now() - started < PATIENCE; ) {
      const one = await this.ask()
      if (one !== undefined) {
        answers++
        found.set(one.pid, one)
      }
      const all = [...found.values()]
      if (all.length === workers && all.every(stats => leaks(stats).length === 0)) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    return [...found.values()].sort((a, b) => a.worker - b.worker)
  }

  /** Stops it gracefully; its exit code. */
  async stop(): Promise<number | null> {
    const exited = this.child.exitCode === null ? once(this.child, 'exit') : Promise.resolve()
    this.child.kill('SIGTERM')
    await exited
    return this.child.exitCode
  }

  /** The numbers of some worker; `undefined` where it died over the answer, which its absence tells. */
  private ask(): Promise<WorkerStats | undefined> {
    return new Promise(resolve => {
      const asked = request({ socketPath: this.socketPath, path: '/stats', agent: false }, response => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () => resolve(JSON.parse(text) as WorkerStats))
      })
      asked.on('error', () => resolve(undefined)).end()
    })
  }
}
