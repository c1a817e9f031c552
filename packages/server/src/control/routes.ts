// What may be asked of a master and how it answers, without a socket.
import type { ArbiterStatus } from '../arbiter/status.ts'
import type { EventCounts } from '../metrics/event-counts.ts'
import { EXPOSITION_TYPE, exposition } from '../metrics/exposition.ts'
import { residentSize } from '../metrics/resident-size.ts'

/** The master, as far as it can be asked. */
export interface Managed {
  /** `undefined` before it has begun. */
  readonly status: () => ArbiterStatus | undefined
  readonly events: () => EventCounts
  readonly version: string
}

/** What is sent back. */
export interface ManagementAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
  /** For 405. */
  readonly allow?: string
}

/** What somebody may have done who reaches the control socket. */
export type Order = 'reload' | 'stop' | 'quit' | 'more' | 'fewer' | 'reopen' | 'upgrade'

/** Each order is a signal that the master could have been sent as well (docs/signals.md). */
export const ORDERS: Readonly<Record<Order, NodeJS.Signals>> = {
  reload: 'SIGHUP',
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  more: 'SIGTTIN',
  fewer: 'SIGTTOU',
  reopen: 'SIGUSR1',
  upgrade: 'SIGUSR2',
}

const TEXT = 'text/plain; charset=utf-8'
const JSON_TYPE = 'application/json'

const PAGES: Readonly<Record<string, (managed: Managed) => ManagementAnswer>> = {
  '/livez': () => ({ status: 200, type: TEXT, body: 'ok\n' }),
  '/readyz': readiness,
  '/metrics': metrics,
  '/status': ({ status }) => {
    const now = status()
    return now === undefined ? STARTING : { status: 200, type: JSON_TYPE, body: `${JSON.stringify(now, null, 2)}\n` }
  },
}

/** Whatever is asked of a master that has not begun. */
export const STARTING: ManagementAnswer = { status: 503, type: TEXT, body: 'starting\n' }

/** Answers a GET or HEAD. */
export function pageFor(path: string, managed: Managed): ManagementAnswer {
  const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined
  return page?.(managed) ?? notFound
}

const notFound: ManagementAnswer = {
  status: 404,
  type: TEXT,
  body: `there are ${Object.keys(PAGES).join(', ')}\n`,
}

/** The order that a POST gives; `undefined` for none. */
export function orderFor(path: string): Order | undefined {
  const name = path.slice(1)
  return Object.hasOwn(ORDERS, name) ? (name as Order) : undefined
}

/** Whether new clients are welcome. Turns to 503 as soon as a stop has been asked for, before anything is closed (`--pre-stop-delay`). */
function readiness({ status }: Managed): ManagementAnswer {
  const now = status()
  if (now === undefined) return STARTING
  return now.isReady
    ? { status: 200, type: TEXT, body: 'ready\n' }
    : { status: 503, type: TEXT, body: `not ready: ${now.phase}\n` }
}

function metrics({ status, events, version }: Managed): ManagementAnswer {
  const now = status()
  if (now === undefined) return STARTING
  const { user, system } = process.cpuUsage()
  const master = { resident: residentSize(), processor: (user + system) / 1e6 }
  return { status: 200, type: EXPOSITION_TYPE, body: exposition({ status: now, events: events(), version, master }) }
}
