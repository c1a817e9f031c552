// The service manager's view of one master: told of its life, and assured that it is well.
import type { Logger } from 'pino'
import type { Notice } from '../arbiter/model.ts'
import type { NoticeSubject } from '../arbiter/notices.ts'
import { notificationOf } from './notification.ts'
import { Notifier } from './notifier.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** How a master stands to another one that has the same sockets (a binary upgrade). */
export interface Kinship {
  /** Whether the master that started this one still runs. */
  readonly hasPredecessor: () => boolean
}

export class ServiceManager {
  readonly #notifier: Notifier
  readonly #kinship: Kinship
  readonly #ready = new Set<number>()
  #hasSuccessor = false
  #isStopping = false
  #wasServing = false

  private constructor(notifier: Notifier, kinship: Kinship) {
    this.#notifier = notifier
    this.#kinship = kinship
    notifier.guard(process.pid, () => this.isHealthy)
  }

  /** @returns `undefined` where no service manager asked to be told (NOTIFY_SOCKET) */
  static of(environment: Environment, log: Pick<Logger, 'warn'>, kinship: Kinship): ServiceManager | undefined {
    const notifier = Notifier.of({ environment, log })
    return notifier && new ServiceManager(notifier, kinship)
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
    if (notice.kind === 'serving') this.#wasServing = true
    // It would tell that this one is ready.
    if (notice.kind === 'misread' && !this.#wasServing) return
    if (notice.kind === 'upgrade-ready') this.#hasSuccessor = true
    if (notice.kind === 'upgrade-ended') this.#hasSuccessor = false
    // One of two masters goes, and the service goes on with the other.
    if (notice.kind === 'stopping' && (this.#hasSuccessor || this.#kinship.hasPredecessor())) return
    const { pid } = process
    const moment = { ...subject, now: process.hrtime.bigint(), pid }
    for (const assignments of notificationOf(notice, moment)) void this.#notifier.send(assignments)
  }

  /** Resolves when everything has been told. */
  close(): Promise<void> {
    return this.#notifier.close()
  }
}
