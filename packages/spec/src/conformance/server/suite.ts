import type { Feature } from '../../requirements.ts'
import type { ConformanceCase } from '../case.ts'
import { skip } from '../failure.ts'
import type { Report, Verdict } from '../report.ts'
import { runCases } from '../runner.ts'
import { Bench, type Server } from './bench.ts'
import { serverCases } from './cases/index.ts'
import { PATIENCE } from './patience.ts'
import { ProbeDirectory } from './probe-directory.ts'
import { DEFAULT_PROXY_FIELDS, type ProxyField } from './proxy-fields.ts'
import { expectAnswer, type Reachable, ServerProcess, type StartOptions } from './server-process.ts'
import { SharedProcess } from './shared-process.ts'

/** How many cases run at a time: most wait for a server, so more than there are processors. */
const DEFAULT_JOBS = 6

/**
 * A case may take so many times what one wait may: those that cut inputs at every offset have hundreds of exchanges, each of which is
 * bounded by itself, and on a starved machine half a minute was not enough for all of them.
 */
const CASE_PATIENCE = 12

/** Milliseconds for the first answer of a server that runs already. */
const FIRST_ANSWER = 5000

/** The profiles of a server, in the order in which one would implement them. */
export const SERVER_PROFILES: readonly Feature[] = ['core', 'stream', 'prefork', 'upgrade', 'tls']

/** What is tested, and how. Either `command` or `url` with `probeDirectory`. */
export interface ServerSuiteOptions {
  /** Starts the server; `{app}`, `{port}` and `{workers}` are replaced. Ends on SIGTERM, gracefully. */
  readonly command?: string | undefined
  /** A server that runs already, with the probe application and NSGI_PROBE_DIR in its environment. */
  readonly url?: string | undefined
  readonly probeDirectory?: string | undefined
  /** As `command`, with `{socket}` for the path of a UNIX socket. */
  readonly unixCommand?: string | undefined
  /**
   * As `command`, speaking TLS with the certificate `{cert}` and its key `{key}`; for the profile tls. Where it has `{ca}`, it
   * asks clients for a certificate of that authority, and serves those that have none.
   */
  readonly tlsCommand?: string | undefined
  /** As `command`, with `{limit}` for the most bytes that the body of a request may have. */
  readonly limitCommand?: string | undefined
  /** As `command`, believing a proxy on 127.0.0.1, and no other peer, about its clients. */
  readonly proxyCommand?: string | undefined
  /** The fields through which it does; {@link DEFAULT_PROXY_FIELDS} where absent. */
  readonly proxyFields?: readonly ProxyField[] | undefined
  /** As `command`, with the application mounted at the path `{mount}`. */
  readonly mountCommand?: string | undefined
  /** The signal that makes the server reload, where it can. */
  readonly reloadSignal?: NodeJS.Signals | undefined
  /** Claimed profiles; core and stream where absent. */
  readonly profiles?: readonly Feature[] | undefined
  /** Ids of requirements or cases; all where absent. */
  readonly only?: readonly string[] | undefined
  readonly exceptions?: Readonly<Record<string, string>> | undefined
  /** How many cases run at a time. */
  readonly jobs?: number | undefined
  /** Milliseconds that a start may take. */
  readonly startTimeout?: number | undefined
  /** Milliseconds without a byte or an event that is due after which a wait fails; 5000 where absent. */
  readonly patience?: number | undefined
  /** Inputs that are cut in two are cut at every so manieth offset; 1 where absent. */
  readonly cutEvery?: number | undefined
  onVerdict?(verdict: Verdict): void
}

/** Runs the server suite. Never rejects because of the server; everything that the suite started is gone afterwards. */
export async function runServerSuite(options: ServerSuiteOptions): Promise<Report> {
  const { command, url, profiles = ['core', 'stream'], only, exceptions, jobs = DEFAULT_JOBS } = options
  const plain = new SharedServer(options)
  const secure = new SharedServer({ ...options, command: options.tlsCommand, url: undefined, secure: true })
  const selected = selectCases(serverCases, only)
  const holderOf = ({ profile }: ConformanceCase<Bench>): SharedServer => (profile === 'tls' ? secure : plain)
  const needed = new Set(selected.filter(({ profile }) => profiles.includes(profile)).map(holderOf))
  try {
    // Before any case's time runs: a start may take longer than a case. What goes wrong here every case reports.
    await Promise.allSettled([...needed].map(holder => holder.shared()))
    return await runCases(selected, {
      suite: 'server',
      subject: command ?? url ?? '',
      claimed: profiles,
      exceptions,
      concurrency: jobs,
      timeout: (options.patience ?? PATIENCE) * CASE_PATIENCE,
      onVerdict: verdict => options.onVerdict?.(verdict),
      open: async (conformanceCase, signal) => {
        const holder = holderOf(conformanceCase)
        const main = await holder.shared()
        const bench = new Bench(holder, { main, signal })
        return {
          subject: bench,
          transcript: () => bench.transcript(),
          close: () => bench.close(),
        }
      },
    })
  } finally {
    await Promise.all([plain.dispose(), secure.dispose()])
  }
}

/** The cases that are meant by ids of cases or requirements, or by the beginning of these: `RES`, `RES-25`, `RES-25.1`. */
export function selectCases<Subject>(
  cases: readonly ConformanceCase<Subject>[],
  only: readonly string[] | undefined,
): readonly ConformanceCase<Subject>[] {
  if (only === undefined || only.length === 0) return cases
  const wanted = only.map(id => id.toUpperCase())
  return cases.filter(({ id, requirements }) =>
    wanted.some(
      want =>
        id === want ||
        [id, ...requirements].some(own => own === want || own.startsWith(`${want}-`) || own.startsWith(`${want}.`)),
    ),
  )
}

/** The options of a server that cases share; `secure` where it speaks TLS. */
type SharedOptions = ServerSuiteOptions & { readonly secure?: boolean }

/** The server that most cases share, and those that some do. */
class SharedServer implements Server {
  readonly start: Server['start']
  readonly unixCommand: string | undefined
  readonly limitCommand: string | undefined
  readonly proxyCommand: string | undefined
  readonly proxyFields: readonly ProxyField[]
  readonly mountCommand: string | undefined
  readonly reloadSignal: NodeJS.Signals | undefined
  readonly patience: number
  readonly cutEvery: number
  readonly #options: SharedOptions
  readonly #main = new SharedProcess(() => this.#begin())
  /** By their options. */
  readonly #others = new Map<string, SharedProcess<ServerProcess>>()

  constructor(options: SharedOptions) {
    const { command, startTimeout, patience = PATIENCE, cutEvery = 1, secure = false } = options
    this.#options = options
    this.unixCommand = options.unixCommand
    this.limitCommand = options.limitCommand
    this.proxyCommand = options.proxyCommand
    this.proxyFields = options.proxyFields ?? DEFAULT_PROXY_FIELDS
    this.mountCommand = options.mountCommand
    this.reloadSignal = options.reloadSignal
    this.patience = patience
    this.cutEvery = cutEvery
    this.start = command === undefined ? undefined : own => ({ command, startTimeout, patience, secure, ...own })
  }

  async shared(): Promise<Reachable> {
    const { command, secure = false } = this.#options
    if (secure && command === undefined) skip('no command for TLS was given (--tls-command)')
    return this.#main.running()
  }

  sharedWith(options: StartOptions): Promise<ServerProcess> {
    const key = JSON.stringify(options)
    const known = this.#others.get(key)
    if (known !== undefined) return known.running()
    // Not bounded by the case that asks first: others wait for it, too.
    const made = new SharedProcess(() => ServerProcess.start(options, new AbortController().signal))
    this.#others.set(key, made)
    return made.running()
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#main, ...this.#others.values()].map(server => server.dispose()))
  }

  async #begin(): Promise<Reachable> {
    const { url, probeDirectory, secure = false } = this.#options
    if (this.start !== undefined) return ServerProcess.start(this.start({}), new AbortController().signal)
    const { hostname, port } = new URL(url ?? '')
    const where = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port === '' ? 80 : port) }
    const probe = new ProbeDirectory({ path: probeDirectory, patience: this.patience })
    const signal = AbortSignal.timeout(FIRST_ANSWER)
    await expectAnswer({ where, secure }, { signal, silence: FIRST_ANSWER })
    return { where, probe, secure }
  }
}
