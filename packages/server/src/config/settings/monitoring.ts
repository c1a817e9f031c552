import type { BindAddress } from '../bind-address.ts'
import type { TableOf } from '../setting.ts'
import { bindAddress, path, statsdAddress, text } from '../value-kinds.ts'

/** How operators see and steer a running server. */
export interface MonitoringSettings {
  readonly metricsBind: readonly BindAddress[]
  readonly controlSocket: string | null
  readonly statsdHost: string | null
  readonly statsdPrefix: string | null
  readonly dogstatsdTags: readonly string[]
}

/** Their part of the table. */
export const monitoringSettings: TableOf<MonitoringSettings> = {
  metricsBind: {
    group: 'Monitoring',
    flag: '--metrics-bind',
    kind: bindAddress,
    repeatable: true,
    default: [],
    defaultText: 'none',
    summary:
      'Address of /metrics (Prometheus), /livez, /readyz and /status, apart from the application’s; may be repeated',
    details:
      'The master answers there, over plain HTTP, so that it does even when every worker is stuck. It tells whoever asks: bind it where only your own can reach it. ' +
      '`/readyz` turns to 503 as soon as a stop has been asked for, which `--pre-stop-delay` gives load balancers the time to see.',
  },
  controlSocket: {
    group: 'Monitoring',
    flag: '--control-socket',
    kind: path,
    default: null,
    defaultText: 'none',
    summary: 'UNIX socket for kirin ctl: status, reload, stop and more; for the user of the master alone',
    details:
      'Its file has the mode 0600. It speaks HTTP: `curl --unix-socket PATH http://kirin/status`, `curl -X POST … http://kirin/reload`, which answers when the reload has ended, and how.',
  },
  statsdHost: {
    group: 'Monitoring',
    flag: '--statsd-host',
    kind: statsdAddress,
    default: null,
    defaultText: 'none',
    summary: 'host:port of a statsd server, which gets counters by UDP',
    details:
      '`requests`, `request.status.<status>` and `request.duration` (milliseconds) of every request, `workers`, and `log.critical`, `log.error`, `log.warning`, `log.exception`.',
  },
  statsdPrefix: {
    group: 'Monitoring',
    flag: '--statsd-prefix',
    kind: text('a name', '<name>'),
    default: null,
    defaultText: 'none',
    summary: 'What stands before the names for statsd, with a dot behind it',
    details: 'With `gunicorn` all names are those of gunicorn without a prefix: `gunicorn.request.duration`.',
  },
  dogstatsdTags: {
    group: 'Monitoring',
    flag: '--dogstatsd-tags',
    kind: text('tags such as env:prod', '<tags>'),
    repeatable: true,
    commas: true,
    default: [],
    defaultText: 'none',
    summary: 'Tags for everything that statsd gets, in the form of DogStatsD: env:prod,region:eu',
  },
}
