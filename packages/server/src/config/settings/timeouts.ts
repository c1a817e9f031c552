import { DAY } from '../bounds.ts'
import type { TableOf } from '../setting.ts'
import { seconds } from '../value-kinds.ts'

/** How long a client may take. */
export interface TimeoutSettings {
  readonly keepAlive: number
  readonly firstDataTimeout: number
  readonly clientHeaderTimeout: number
  readonly clientBodyTimeout: number
  readonly sendTimeout: number
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
}
