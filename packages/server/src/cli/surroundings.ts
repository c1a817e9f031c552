// What a master lives in: a service manager, operators, an account that its workers have, the process that started it, its logs.
import type { ArbiterOptions } from '../arbiter/arbiter.ts'
import type { Notice } from '../arbiter/model.ts'
import type { ArbiterStatus } from '../arbiter/status.ts'
import { product } from '../config/product.ts'
import type { Settings } from '../config/settings.ts'
import { Management } from '../control/management.ts'
import type { Account } from '../ipc/messages.ts'
import { warnOfUnknownHosts } from '../log/unknown-hosts.ts'
import { EventCounter } from '../metrics/event-counts.ts'
import { ServiceManager } from '../systemd/service-manager.ts'
import { leaveTerminal } from './daemon.ts'
import type { MasterLog } from './open-logs.ts'
import { giveLogFiles } from './ownership.ts'
import { watchStrays } from './strays.ts'
import { WorkerOutput } from './worker-output.ts'

/** What is known of them when a master starts. */
export interface SurroundingsOptions {
  readonly settings: Settings
  readonly log: MasterLog
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Who workers become; `null` for whoever the master is. */
  readonly account: Account | null
  /** Whether somebody waits for this process to serve, to leave it alone then (`--daemon`). */
  readonly isBackground: boolean
  /** What the master was handed by the one before it. */
  readonly upgrade: { readonly inheritance: { readonly isShared: boolean } | undefined }
}

/** After these the number of workers that serve is another one. */
const POOL_CHANGES: ReadonlySet<Notice['kind']> = new Set(['ready', 'died', 'left', 'retiring'])

export class Surroundings {
  /** What an arbiter is to call. */
  readonly calls: Required<Pick<ArbiterOptions, 'expose' | 'observe' | 'output' | 'reopenLogs'>>
  readonly #options: SurroundingsOptions
  readonly #manager: ServiceManager | undefined
  readonly #events = new EventCounter()
  #management: Management | undefined
  #status: () => ArbiterStatus | undefined = () => undefined

  constructor(options: SurroundingsOptions) {
    const { settings, log, environment, account, isBackground } = options
    const output = new WorkerOutput(settings, isBackground)
    this.#options = options
    this.#manager = ServiceManager.of(environment, log.logger, {
      hasPredecessor: () => options.upgrade.inheritance?.isShared === true,
    })
    watchStrays(log.logger)
    warnOfUnknownHosts(settings, log.logger)
    this.calls = {
      expose: status => {
        this.#status = status
      },
      output: () => output.descriptor,
      observe: (notice, subject) => {
        this.#events.observe(notice)
        this.#manager?.observe(notice, subject)
        this.#management?.observe(notice)
        if (POOL_CHANGES.has(notice.kind)) log.sinks.workers(this.#serving)
        if (isBackground && notice.kind === 'serving') leaveTerminal()
      },
      reopenLogs() {
        const problems = account === null ? [] : [...giveLogFiles(settings, account)]
        log.file.reopen()
        problems.push(...output.reopen())
        for (const problem of problems) log.logger.error(`${problem}; what is open stays in use`)
      },
    }
  }

  get #serving(): number {
    const workers = this.#status()?.workers ?? []
    return workers.filter(({ state }) => state === 'ready' || state === 'spent').length
  }

  /**
   * Opens what operators reach.
   *
   * @param isSuccessor whether another master has these addresses until it goes
   * @returns whether it could be opened; the log says why not
   */
  async admitOperators(isSuccessor: boolean): Promise<boolean> {
    const { settings, log } = this.#options
    const managed = {
      status: () => this.#status(),
      events: () => this.#events.counts,
      version: product.version,
    }
    const management = await Management.open({ settings, managed, log: log.logger, isSuccessor })
    if ('problem' in management) {
      log.logger.fatal(management.problem)
      return false
    }
    this.#management = management
    return true
  }

  /** Resolves when everybody has been told what there was to tell. */
  async close(): Promise<void> {
    this.#management?.close()
    this.#options.log.sinks.flush()
    await this.#manager?.close()
  }
}
