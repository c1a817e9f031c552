// A status as people read it.
import type { ArbiterStatus, ReloadStatus, WorkerStatus } from '../arbiter/status.ts'
import { quantile, STATUS_CLASSES, since } from '../metrics/traffic.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const COLUMNS = ['worker', 'pid', 'state', 'age', 'requests', 'active', 'connections', 'busy', 'resident', 'silent']

/** Of these parts it is told how long they took at most. */
const PARTS = [0.5, 0.9, 0.99]

/**
 * Lines with their line feeds.
 *
 * @param before an earlier look: what is told of responses is what came since then
 */
export function statusView(status: ArbiterStatus, before?: Pick<ArbiterStatus, 'traffic'>): string {
  const ready = status.workers.filter(({ state }) => state === 'ready' || state === 'spent').length
  const lines = [
    `Master ${status.pid}: ${status.phase}, for ${duration(status.age)}; ${ready} of ${status.target} workers serve`,
    `Requests: ${status.requests}; generation ${status.generation}; ${reload(status.lastReload)}`,
    ...responses(status, before),
  ]
  if (status.crashLoop !== null) {
    const { places, failures } = status.crashLoop
    lines.push(
      `Crash loop: workers of ${places} place${places === 1 ? '' : 's'} fail again and again (${failures} times in a row)`,
    )
  }
  for (const { number, failures, retryIn } of status.vacancies) {
    lines.push(`Worker ${number} is missing: ${failures} failures in a row, next try in ${duration(retryIn)}`)
  }
  return `${[...lines, '', ...table([COLUMNS, ...status.workers.map(row)])].join('\n')}\n`
}

function responses({ traffic }: ArbiterStatus, before: Pick<ArbiterStatus, 'traffic'> | undefined): readonly string[] {
  if (traffic === null) return []
  const told = before?.traffic ? since(before.traffic, traffic) : traffic
  const classes = STATUS_CLASSES.flatMap((name, index) => {
    const count = told.statuses[index] ?? 0
    return count === 0 ? [] : [`${count} ${name}`]
  })
  const durations = PARTS.flatMap(part => {
    const time = quantile(told, part)
    return time === undefined ? [] : [`p${part * 100} ${latency(time)}`]
  })
  const when = before?.traffic ? 'Responses since the last look' : 'Responses'
  return [`${when}: ${classes.length === 0 ? 'none' : `${classes.join(', ')}; ${durations.join(', ')}`}`]
}

/** An estimate: two digits are more than it is worth. */
function latency(milliseconds: number): string {
  if (milliseconds >= 30 * SECOND) return '30 s or more'
  return milliseconds < SECOND ? `${Number(milliseconds.toPrecision(2))} ms` : duration(milliseconds)
}

function reload(status: ReloadStatus): string {
  switch (status.outcome) {
    case 'none':
      return 'no reload yet'
    case 'running':
      return `a reload is under way, for ${duration(status.ago)}`
    case 'done':
      return `reloaded ${duration(status.ago)} ago`
    case 'cut':
      return `the reload ${duration(status.ago)} ago was cut short by WINCH`
    case 'failed':
      return `the reload ${duration(status.ago)} ago failed, older workers go on: ${status.reason}`
  }
}

function row({ number, pid, state, age, stats, silence }: WorkerStatus): readonly string[] {
  const numbers =
    stats === null
      ? ['-', '-', '-', '-', '-']
      : [
          String(stats.requests),
          String(stats.active),
          String(stats.connections),
          `${Math.round(stats.busyness * 100)} %`,
          `${Math.round(stats.rss / 2 ** 20)} MiB`,
        ]
  return [String(number), String(pid ?? '-'), state, duration(age), ...numbers, duration(silence)]
}

/** The first letter of each column stands below that of its head. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map(cells => cells[column]?.length ?? 0)))
  return rows.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The two largest units that matter: `3 d 4 h`, `2.5 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < MINUTE) return `${(milliseconds / SECOND).toFixed(1)} s`
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`
  if (milliseconds < DAY) {
    return `${Math.floor(milliseconds / HOUR)} h ${Math.floor((milliseconds % HOUR) / MINUTE)} min`
  }
  return `${Math.floor(milliseconds / DAY)} d ${Math.floor((milliseconds % DAY) / HOUR)} h`
}
