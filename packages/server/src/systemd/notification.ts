// What the service manager is told of an arbiter's life: from notices to assignments of sd_notify(3).
import type { Notice } from '../arbiter/model.ts'
import { describeNotice, type NoticeSubject } from '../arbiter/notices.ts'

/** Lines of one message: `READY=1`. */
export type Assignments = readonly string[]

/** What only the moment knows. */
export interface Moment extends NoticeSubject {
  /** CLOCK_MONOTONIC in nanoseconds: `process.hrtime.bigint()`. */
  readonly now: bigint
  /** The master. */
  readonly pid: number
}

/**
 * The message that goes with a notice; `undefined` where there is none.
 *
 * `READY` comes with the first worker that is ready, not before: what depends on this service may connect then. A reload begins with
 * `RELOADING` and the time (which `Type=notify-reload` waits for) and ends with `READY`, whether it succeeded or not, as the service
 * goes on either way.
 */
export function notificationOf(notice: Notice, moment: Moment): Assignments | undefined {
  const status = `STATUS=${describeNotice(notice, moment).message.replaceAll(/\p{Cc}/gu, ' ')}`
  switch (notice.kind) {
    case 'serving':
      return ['READY=1', `MAINPID=${moment.pid}`, status]
    case 'reloading':
      return ['RELOADING=1', `MONOTONIC_USEC=${moment.now / 1000n}`, status]
    case 'upgrade-ended':
      // The new master may have said that the service is its own by then.
      return ['READY=1', `MAINPID=${moment.pid}`, status]
    case 'upgrading':
    case 'upgrade-ready':
      return [status]
    case 'reloaded':
    case 'reload-failed':
      return ['READY=1', status]
    case 'stopping':
      return ['STOPPING=1', status]
    case 'boot-failed':
    case 'hopeless':
    case 'died':
    case 'target':
      return [status]
    default:
      return undefined
  }
}
