import { DAY } from '../bounds.ts'
import type { TableOf } from '../setting.ts'
import { seconds } from '../value-kinds.ts'

/** How long a client may take, and the application. */
export interface TimeoutSettings {
  readonly keepAlive: number
  readonly firstDataTimeout: number
  readonly clientHeaderTimeout: number
  readonly clientBodyTimeout: number
  readonly sendTimeout: number
  readonly requestTimeout: number
}

/** Their part of the table. */
export const timeoutSettings: TableOf<TimeoutSettings> = {
  keepAlive: {
    group: 'Requests',
    flag: '--keep-alive',
    kind: seconds(0.1, DAY),
    default: 65,
    summary: 'Seconds that a connection may stay idle between requests',
    details:
      'Above the 60 seconds after which common load balancers close idle connections: whoever closes first must be the ' +
      'balancer, or it sends a request into a connection that is just going away and reports a 502.',
  },
  firstDataTimeout: {
    group: 'Requests',
    flag: '--first-data-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a new connection may take to send its first byte',
  },
  clientHeaderTimeout: {
    group: 'Requests',
    flag: '--client-header-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds from the first byte of a head to its last; longer ones are answered with 408',
  },
  clientBodyTimeout: {
    group: 'Requests',
    flag: '--client-body-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a body may pause; longer pauses are answered with 408',
    details:
      'Where the response has begun, reading the body fails with `KIRIN_BODY_TIMEOUT` and the connection ends with the response. The time during ' +
      'which the application leaves unread what has come does not count, up to ten minutes.',
  },
  sendTimeout: {
    group: 'Requests',
    flag: '--send-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a client may take none of its response before the connection is dropped',
    details:
      'Also how long a client that closed its side may wait for the next byte of its response: it may be gone, and only sending would tell.',
  },
  requestTimeout: {
    group: 'Requests',
    flag: '--request-timeout',
    kind: seconds(0, DAY),
    default: 0,
    defaultText: 'no limit',
    summary:
      'Seconds from the head of a request to the end of its response; longer ones are answered with 503, or cut off',
    details:
      'Before the response has begun the client gets the 503, after that the connection ends in the middle of it; `request.signal` aborts with `KIRIN_REQUEST_TIMEOUT`, ' +
      'and the log names method and target. The limit holds for long downloads and event streams as well, not for upgraded connections. Requests are ' +
      'looked at once a second. It cannot end a request that keeps the event loop busy: that is for `--timeout`.',
  },
}
