// The service manager's view of one master: told of its life, and assured that it is well.
import type { Logger } from 'pino'
import type { Notice } from '../arbiter/model.ts'
import type { NoticeSubject } from '../arbiter/notices.ts'
import { notificationOf } from './notification.ts'
import { Notifier } from './notifier.ts'

type Environment = Readonly<Record<string, string | undefined>>

export class ServiceManager {
  readonly #notifier: Notifier
  readonly #ready = new Set<number>()
  #isStopping = false

  private constructor(notifier: Notifier) {
    this.#notifier = notifier
    notifier.guard(process.pid, () => this.isHealthy)
  }

  /** @returns `undefined` where no service manager asked to be told (NOTIFY_SOCKET) */
  static of(environment: Environment, log: Pick<Logger, 'warn'>): ServiceManager | undefined {
    const notifier = Notifier.of({ environment, log })
    return notifier && new ServiceManager(notifier)
  }

  /** Whether some worker serves; a stop that goes on is well, too. */
  get isHealthy(): boolean {
    return this.#isStopping || this.#ready.size > 0
  }

  /** Tells what there is to tell of a notice. */
  observe(notice: Notice, subject: NoticeSubject): void {
    if (notice.kind === 'ready') this.#ready.add(notice.id)
    if (notice.kind === 'died' || notice.kind === 'left' || notice.kind === 'retiring') this.#ready.delete(notice.id)
    if (notice.kind === 'stopping') this.#isStopping = true
    const { pid } = process
    const assignments = notificationOf(notice, { ...subject, now: process.hrtime.bigint(), pid })
    if (assignments !== undefined) void this.#notifier.send(assignments)
  }

  /** Another process goes on as this service (a binary upgrade). */
  handOver(pid: number): Promise<void> {
    return this.#notifier.send([`MAINPID=${pid}`])
  }

  /** Resolves when everything has been told. */
  close(): Promise<void> {
    return this.#notifier.close()
  }
}
