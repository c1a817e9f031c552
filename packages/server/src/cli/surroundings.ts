// What a master lives in: a service manager, an account that its workers have, the process that started it, its logs.
import type { ArbiterOptions } from '../arbiter/arbiter.ts'
import type { Settings } from '../config/settings.ts'
import type { Account } from '../ipc/messages.ts'
import type { ErrorLog } from '../log/error-log.ts'
import { ServiceManager } from '../systemd/service-manager.ts'
import { leaveTerminal } from './daemon.ts'
import { giveLogFiles } from './ownership.ts'
import { watchStrays } from './strays.ts'
import { WorkerOutput } from './worker-output.ts'

/** What is known of them when a master starts. */
export interface SurroundingsOptions {
  readonly settings: Settings
  readonly log: ErrorLog
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Who workers become; `null` for whoever the master is. */
  readonly account: Account | null
  /** Whether somebody waits for this process to serve, to leave it alone then (`--daemon`). */
  readonly isBackground: boolean
}

export class Surroundings {
  /** What an arbiter is to call. */
  readonly calls: Required<Pick<ArbiterOptions, 'observe' | 'output' | 'reopenLogs'>>
  readonly #manager: ServiceManager | undefined

  constructor({ settings, log, environment, account, isBackground }: SurroundingsOptions) {
    const manager = ServiceManager.of(environment, log.logger)
    const output = new WorkerOutput(settings, isBackground)
    this.#manager = manager
    watchStrays(log.logger)
    this.calls = {
      output: () => output.descriptor,
      observe(notice, subject) {
        manager?.observe(notice, subject)
        if (isBackground && notice.kind === 'serving') leaveTerminal()
      },
      reopenLogs() {
        if (account !== null) giveLogFiles(settings, account)
        log.file.reopen()
        output.reopen()
      },
    }
  }

  /** Resolves when everybody has been told what there was to tell. */
  async close(): Promise<void> {
    await this.#manager?.close()
  }
}
