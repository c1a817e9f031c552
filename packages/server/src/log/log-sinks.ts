// Where both logs go besides their files: syslog, and the counters of statsd.
import type { Settings } from '../config/settings.ts'
import type { Statsd } from '../metrics/statsd.ts'
import { parseStatsdHost } from '../metrics/statsd-address.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'
import { accessLine } from './access-log.ts'
import { formatForPeople } from './people-format.ts'
import type { Severity, Syslog } from './syslog.ts'
import { FACILITIES, parseSyslogTarget } from './syslog-target.ts'

/** What a line of the log is in syslog's words, and in gunicorn's for statsd. */
const LEVELS: Readonly<Record<string, { readonly severity: Severity; readonly counted?: CountedLevel }>> = {
  fatal: { severity: 2, counted: 'critical' },
  error: { severity: 3, counted: 'error' },
  warn: { severity: 4, counted: 'warning' },
  info: { severity: 6 },
  debug: { severity: 7 },
}

type CountedLevel = Parameters<Statsd['logged']>[0]

/** The time and the process, which syslog tells by itself. */
const TOLD_ALREADY = /^\[[^\]]*\] \[[^\]]*\] /

export class LogSinks {
  readonly #syslog: Syslog | undefined
  readonly #statsd: Statsd | undefined
  readonly #format: Settings['logFormat']
  readonly #accessLine: (record: ExchangeRecord) => string

  private constructor(settings: Settings, worker: number | null, { syslog, statsd }: Opened) {
    this.#format = settings.logFormat
    this.#syslog = syslog
    this.#statsd = statsd
    this.#accessLine = accessLine({ format: settings.logFormat, line: settings.accessLogformat }, worker ?? 0)
  }

  /**
   * Opens what the settings name; what they do not name is not even loaded.
   *
   * @param worker the number of the worker that writes; `null` for the master
   */
  static async open(settings: Settings, worker: number | null): Promise<LogSinks> {
    const [syslog, statsd] = await Promise.all([openSyslog(settings), openStatsd(settings)])
    return new LogSinks(settings, worker, { syslog, statsd })
  }

  /** Whether there is anywhere to send things. */
  get isOpen(): boolean {
    return this.#syslog !== undefined || this.#statsd !== undefined
  }

  /** Takes a line of the server's log, in pino's JSON. */
  readonly line = (json: string): void => {
    const { level, err } = JSON.parse(json) as { readonly level?: string; readonly err?: unknown }
    const { severity, counted } = LEVELS[level ?? ''] ?? { severity: 6 }
    this.#syslog?.send(
      severity,
      'error',
      this.#format === 'json' ? json : formatForPeople(json).replace(TOLD_ALREADY, ''),
    )
    if (counted !== undefined) this.#statsd?.logged(counted)
    if (err !== undefined) this.#statsd?.logged('exception')
  }

  /** Takes what the access log is written from. */
  readonly exchange = (record: ExchangeRecord): void => {
    this.#syslog?.send(6, 'access', this.#accessLine(record))
    this.#statsd?.exchange(record)
  }

  /** How many workers serve. */
  workers(count: number): void {
    this.#statsd?.workers(count)
  }

  /** Sends what has been gathered. */
  flush(): void {
    this.#statsd?.flush()
  }
}

interface Opened {
  readonly syslog: Syslog | undefined
  readonly statsd: Statsd | undefined
}

async function openSyslog(settings: Settings): Promise<Syslog | undefined> {
  const { syslog, syslogAddr, syslogPrefix, syslogFacility } = settings
  if (!syslog && syslogAddr === null) return undefined
  const { Syslog } = await import('./syslog.ts')
  return new Syslog({
    target: parseSyslogTarget(syslogAddr ?? '') ?? { type: 'udp', host: '127.0.0.1', port: 514 },
    name: syslogPrefix === null ? 'kirin' : `kirin.${syslogPrefix}`,
    facility: FACILITIES[syslogFacility] ?? 1,
  })
}

async function openStatsd({ statsdHost, statsdPrefix, dogstatsdTags }: Settings): Promise<Statsd | undefined> {
  const target = parseStatsdHost(statsdHost ?? '')
  if (target === undefined) return undefined
  const { Statsd } = await import('../metrics/statsd.ts')
  return new Statsd({ ...target, prefix: statsdPrefix ?? '', tags: dogstatsdTags })
}
