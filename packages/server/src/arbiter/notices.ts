// What the operator reads: one line for each notice.
import { firstFrame } from './liveness.ts'
import type { Notice } from './model.ts'
import { inMegabytes } from './spending.ts'

/** A line of the log. */
export interface NoticeText {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal'
  readonly message: string
  /** More for `--log-level debug`. */
  readonly detail?: string | null
  /** Where a worker stands still; shown in any case. */
  readonly stack?: string | null
}

/** What only the edge knows about the things that notices name. */
export interface NoticeSubject {
  /** The process id of a worker, while it is known. */
  readonly pidOf: (id: number) => number | undefined
  /** Where the sockets are bound. */
  readonly urls: readonly string[]
}

type Texts = {
  readonly [Kind in Notice['kind']]: (notice: Extract<Notice, { kind: Kind }>, subject: NoticeSubject) => NoticeText
}

const texts: Texts = {
  booting: ({ slot, id }, { pidOf }) => line('debug', `Worker ${slot} is booting (pid ${pidOf(id)})`),
  ready: ({ slot, id }, { pidOf }) => line('info', `Worker ${slot} is ready (pid ${pidOf(id)})`),
  serving: (_, { urls }) => line('info', `Listening at ${urls.join(', ')}`),
  'boot-failed': ({ slot, failure, retryIn }) => ({
    ...line('error', `Worker ${slot} failed to boot: ${failure.message}; next try ${inSeconds(retryIn)}`),
    detail: failure.detail,
  }),
  hopeless: ({ failure }) => ({ ...line('fatal', failure.message), detail: failure.detail }),
  died: ({ slot, id, ending, retryIn }, { pidOf }) =>
    line('error', `Worker ${slot} (pid ${pidOf(id)}) ${ending}; a new one starts ${inSeconds(retryIn)}`),
  spent: ({ slot, id, reason }, { pidOf }) =>
    line('info', `Worker ${slot} (pid ${pidOf(id)}) ${reason}: a new one takes its place`),
  retiring: ({ slot, id, reason }, { pidOf }) =>
    line('warn', `Worker ${slot} (pid ${pidOf(id)}) stops: ${reason}; a new one takes its place`),
  left: ({ slot, id, ending }, { pidOf }) => line('debug', `Worker ${slot} (pid ${pidOf(id)}) ${ending}`),
  overdue: ({ slot, id, stack }, { pidOf }) => ({
    ...line('warn', `Worker ${slot} (pid ${pidOf(id)}) did not stop in time and is killed${whereIn(stack)}`),
    stack,
  }),
  silent: ({ slot, id, limit, stack }, { pidOf }) => ({
    ...line(
      'error',
      `Worker ${slot} (pid ${pidOf(id)}) has not answered for ${limit / 1000} s (--timeout) and is killed${whereIn(stack)}`,
    ),
    stack,
  }),
  'born-large': ({ slot, id, rss, maxMemory }, { pidOf }) =>
    line(
      'warn',
      `Worker ${slot} (pid ${pidOf(id)}) takes ${inMegabytes(rss)} from the start, more than ${inMegabytes(maxMemory)} (--max-memory): the limit is too low for this application`,
    ),
  announced: ({ delay }) => line('info', `Told to stop: workers serve on for ${delay / 1000} s (--pre-stop-delay)`),
  target: ({ target }) => line('info', `Number of workers is now ${target}`),
  'one-is-least': () => line('warn', 'TTOU ignored: one worker is the least'),
  stopping: ({ graceful, workers }) =>
    line('info', graceful ? `Stopping: ${count(workers)} may finish running requests` : 'Stopping at once'),
  stopped: ({ endings: { left, killed }, took }) =>
    line('info', `Stopped: ${count(left)} ended within ${(took / 1000).toFixed(1)} s, ${killed} of them killed`),
  reopening: () => line('info', 'Reopening the logs'),
  reloading: ({ workers }) => line('info', `Reloading: new workers take the place of ${count(workers)}, one by one`),
  reloaded: ({ workers }) => line('info', `Reloaded: ${count(workers)} ready`),
  'reload-failed': ({ failure, workers }) => ({
    ...line('error', `Reload failed, the old workers go on (${workers}): ${failure.message}`),
    detail: failure.detail,
  }),
  'reload-cut': () =>
    line('warn', 'Reload cut short by WINCH: workers that are started from now on have the new version'),
  scaled: ({ target, busyness }) =>
    line('info', `Number of workers is now ${target}: they were busy ${Math.round(busyness * 100)} % of the time`),
  emergency: ({ crashes, interval }) =>
    line(
      'error',
      `${crashes} workers have crashed within ${interval / 1000} s (--emergency-restart-threshold): all are replaced, as by HUP`,
    ),
  misread: ({ problems, workers }) =>
    line('error', `Reload refused, the old configuration and ${count(workers)} go on: ${problems.join('; ')}`),
  upgrading: () => line('info', 'Upgrading: a new master starts with the same command and the same sockets'),
  'upgrade-pending': ({ isPrepared }) =>
    line(
      'warn',
      isPrepared
        ? 'USR2 ignored: a new master runs already; TERM to this one finishes the upgrade, TERM to that one undoes it'
        : 'USR2 ignored: an upgrade has begun already, and waits for the hook preExec',
    ),
  'upgrade-dropped': () => line('info', 'No new master is started: this one was told to stop meanwhile'),
  'upgrade-ready': ({ auto }) =>
    line(
      'info',
      auto
        ? 'The new master serves: this one retires (--upgrade-auto)'
        : 'The new master serves as well: TERM to this one finishes the upgrade, TERM to the new one undoes it',
    ),
  'upgrade-ended': ({ ending, wasReady, goesOn }) => {
    if (!goesOn) return line('warn', `The new master ${ending}, and this one stops as it was told to`)
    return wasReady
      ? line('warn', `The new master ${ending}: the upgrade is undone, this one goes on`)
      : line('error', `Upgrade failed, this master and its workers go on: the new master ${ending}`)
  },
  paused: ({ workers }) => line('info', `Stopping ${count(workers)}, not the master: HUP or TTIN starts new ones`),
  resumed: ({ workers }) => line('info', `Starting ${count(workers)} again`),
}

/** Words a notice. */
export function describeNotice<Kind extends Notice['kind']>(
  notice: Extract<Notice, { kind: Kind }>,
  subject: NoticeSubject,
): NoticeText {
  const write = texts[notice.kind] as (notice: Notice, subject: NoticeSubject) => NoticeText
  return write(notice, subject)
}

function whereIn(stack: string | null): string {
  return stack === null ? '' : `: its event loop stands still ${firstFrame(stack)}`
}

function line(level: NoticeText['level'], message: string): NoticeText {
  return { level, message }
}

function count(workers: number): string {
  return workers === 1 ? '1 worker' : `${workers} workers`
}

function inSeconds(milliseconds: number): string {
  return milliseconds === 0 ? 'at once' : `in ${(milliseconds / 1000).toFixed(1)} s`
}
