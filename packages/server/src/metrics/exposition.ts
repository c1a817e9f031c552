// A status in the words of Prometheus (text format 0.0.4).
import type { ArbiterStatus, WorkerStatus } from '../arbiter/status.ts'
import type { EventCounts } from './event-counts.ts'
import { LATENCY_BOUNDS, NO_TRAFFIC, STATUS_CLASSES, type Traffic } from './traffic.ts'

/** The type of the text. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Everything that is exposed. */
export interface Exposed {
  readonly status: ArbiterStatus
  readonly events: EventCounts
  readonly version: string
  /** Of the master: bytes, and seconds of processor time. */
  readonly master: { readonly resident: number; readonly processor: number }
}

type Labels = Readonly<Record<string, string | number>>
type Sample = readonly [labels: Labels, value: number, suffix?: string]

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** Milliseconds of a second. */
const SECOND = 1000

const WORKER_STATES: readonly WorkerStatus['state'][] = ['booting', 'ready', 'spent', 'leaving']
const RELOAD_OUTCOMES = ['none', 'running', 'done', 'failed', 'cut'] as const

/** Writes the whole page. */
export function exposition(exposed: Exposed): string {
  const { workers, traffic } = exposed.status
  const families = [
    ...masterFamilies(exposed),
    ...poolFamilies(exposed),
    ...trafficFamilies(traffic ?? NO_TRAFFIC),
    ...workerFamilies(workers),
  ]
  return families.map(familyText).join('')
}

function masterFamilies({ status, version, master }: Exposed): readonly Family[] {
  const { lastReload } = status
  return [
    gauge('kirin_info', 'What is running', [[{ version, node: process.version }, 1]]),
    gauge('kirin_ready', 'Whether new clients are welcome: a worker serves, and nobody has asked to stop', [
      [{}, Number(status.isReady)],
    ]),
    gauge('kirin_uptime_seconds', 'How long the master has been running', [[{}, status.age / SECOND]]),
    gauge('kirin_master_resident_bytes', 'Resident size of the master', [[{}, master.resident]]),
    counter('kirin_master_processor_seconds_total', 'Processor time of the master', [[{}, master.processor]]),
    gauge('kirin_generation', 'Counts reloads, from 1 on', [[{}, status.generation]]),
    gauge(
      'kirin_last_reload',
      'What came of the last reload: 1 for that outcome',
      RELOAD_OUTCOMES.map(outcome => [{ outcome }, Number(lastReload.outcome === outcome)]),
    ),
  ]
}

function poolFamilies({ status, events }: Exposed): readonly Family[] {
  const inState = (wanted: string): number => status.workers.filter(({ state }) => state === wanted).length
  return [
    gauge('kirin_workers_target', 'How many workers there should be', [[{}, status.target]]),
    gauge(
      'kirin_workers',
      'Workers by state; spent ones serve until their successors are ready',
      WORKER_STATES.map(state => [{ state }, inState(state)]),
    ),
    gauge('kirin_vacancies', 'Places without a worker, to be filled after a pause', [[{}, status.vacancies.length]]),
    gauge('kirin_crash_loop', 'Places whose workers fail again and again', [[{}, status.crashLoop?.places ?? 0]]),
    counter('kirin_requests_total', 'Requests that began, in workers that have gone, too', [[{}, status.requests]]),
    counter(
      'kirin_events_total',
      'What happened to workers',
      Object.entries(events).map(([event, count]) => [{ event }, count]),
    ),
  ]
}

function trafficFamilies(traffic: Traffic): readonly Family[] {
  return [
    counter(
      'kirin_responses_total',
      'Requests that are over, by the class of their status; lost: the client had gone before a head was sent',
      STATUS_CLASSES.map((name, index) => [{ class: name }, traffic.statuses[index] ?? 0]),
    ),
    {
      name: 'kirin_request_duration_seconds',
      type: 'histogram',
      help: 'From the head of a request to the last byte of its response',
      samples: durationSamples(traffic),
    },
  ]
}

/** Each bucket of this format holds those before it as well. */
function durationSamples(traffic: Traffic): readonly Sample[] {
  let count = 0
  const buckets = traffic.latencies.map((within, index): Sample => {
    const bound = LATENCY_BOUNDS[index]
    count += within
    return [{ le: bound === undefined ? '+Inf' : bound / SECOND }, count, '_bucket']
  })
  return [...buckets, [{}, traffic.time / SECOND, '_sum'], [{}, count, '_count']]
}

function workerFamilies(workers: readonly WorkerStatus[]): readonly Family[] {
  const known = workers.flatMap(({ number, stats }) => (stats === null ? [] : [{ worker: number, stats }]))
  type Stats = (typeof known)[number]['stats']
  const each = (read: (stats: Stats) => number): readonly Sample[] =>
    known.map(({ worker, stats }): Sample => [{ worker }, read(stats)])
  return [
    counter(
      'kirin_worker_requests_total',
      'Requests that began in this worker; a new one begins at 0',
      each(({ requests }) => requests),
    ),
    gauge(
      'kirin_worker_requests_active',
      'Requests whose response is not over',
      each(({ active }) => active),
    ),
    gauge(
      'kirin_worker_connections',
      'Open connections, idle ones too',
      each(({ connections }) => connections),
    ),
    gauge(
      'kirin_worker_resident_bytes',
      'Resident size of the worker',
      each(({ rss }) => rss),
    ),
    gauge(
      'kirin_worker_busyness_ratio',
      'Part of the time that its event loop was at work, from 0 to 1',
      each(({ busyness }) => busyness),
    ),
    gauge(
      'kirin_worker_age_seconds',
      'Since its process was started',
      workers.map(({ number, age }) => [{ worker: number }, age / SECOND]),
    ),
    gauge(
      'kirin_worker_silence_seconds',
      'Since its last sign of life',
      workers.map(({ number, silence }) => [{ worker: number }, silence / SECOND]),
    ),
  ]
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples }
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples }
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value, suffix = '']) => `${name}${suffix}${labelText(labels)} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
