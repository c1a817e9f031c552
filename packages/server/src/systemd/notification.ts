// What the service manager is told of an arbiter's life: from notices to assignments of sd_notify(3).
import type { Notice } from '../arbiter/model.ts'
import { describeNotice, type NoticeSubject } from '../arbiter/notices.ts'

/** Characters of a status that are told: an application may throw more than an argument of a command can be long (128 KiB on Linux). */
const LONGEST_STATUS = 1_000

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
 * The messages that go with a notice, in this order; none where there is nothing to tell.
 *
 * `READY` comes with the first worker that is ready, not before: what depends on this service may connect then. A reload begins with
 * `RELOADING` and the time (which `Type=notify-reload` waits for) and ends with `READY`, whether it succeeded or not, as the service
 * goes on either way. One whose configuration is refused has both at once: after its SIGHUP the manager waits for the first, and for the
 * second only behind that (systemd.service(5)).
 */
export function notificationOf(notice: Notice, moment: Moment): readonly Assignments[] {
  const status = `STATUS=${describeNotice(notice, moment)
    .message.slice(0, LONGEST_STATUS)
    .replaceAll(/\p{Cc}/gu, ' ')}`
  const reloading = ['RELOADING=1', `MONOTONIC_USEC=${moment.now / 1000n}`, status]
  switch (notice.kind) {
    case 'serving':
      return [['READY=1', `MAINPID=${moment.pid}`, status]]
    case 'reloading':
      return [reloading]
    case 'misread':
      return [reloading, ['READY=1', status]]
    case 'upgrade-ended':
      // The new master may have said that the service is its own by then.
      return [[notice.goesOn ? 'READY=1' : 'STOPPING=1', `MAINPID=${moment.pid}`, status]]
    case 'upgrading':
    case 'upgrade-ready':
      return [[status]]
    case 'reloaded':
    case 'reload-failed':
    case 'reload-cut':
      return [['READY=1', status]]
    case 'stopping':
      return [['STOPPING=1', status]]
    case 'boot-failed':
    case 'hopeless':
    case 'died':
    case 'target':
      return [[status]]
    default:
      return []
  }
}
