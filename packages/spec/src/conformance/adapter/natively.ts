// A route through the adapter beside the same route on the framework's own server.
import { request as httpRequest, type IncomingMessage, type InformationEvent } from 'node:http'
import type { ResponseHeaders } from '../../response.ts'
import type { RequestInit } from '../../testing/create-request.ts'
import { fail } from '../failure.ts'
import { type AdapterBench, requestInit } from './bench.ts'

/** A request for a route, as both get it. */
export interface RouteRequest {
  readonly route: string
  readonly body?: string
  /** `[name, value, …]`, besides `host` and what frames the body. */
  readonly fields?: readonly string[]
}

/** Fields that are the server's business and not the framework's. */
const OF_SERVERS: ReadonlySet<string> = new Set(
  'connection content-length date keep-alive transfer-encoding'.split(' '),
)

/** What can be told apart from outside, and what the framework was told. */
interface Observed {
  readonly status: number
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly body: string
  readonly trailers: Readonly<Record<string, readonly string[]>>
  readonly informational: readonly number[]
  readonly told: readonly string[]
}

/**
 * Fails unless the routes do the same both ways, where the fixture's list of differences does not say why not. Gives a
 * remark on what was not compared.
 */
export async function expectAsNatively(
  bench: AdapterBench,
  requests: readonly RouteRequest[],
): Promise<string | undefined> {
  const { fixture, native } = bench.subjects
  if (native === undefined) return 'not compared: the fixture has no native server'
  const remarks: string[] = []
  for (const request of requests) {
    const { route } = request
    if (fixture.lacks?.[route] !== undefined) {
      remarks.push(`${route}: ${fixture.lacks[route]}`)
      continue
    }
    const { id, observed: here } = await throughAdapter(bench, request)
    // The same id again: what is computed from the request, an etag, is then the same.
    bench.subjects.events.forget(id)
    const there = await onNative(bench, { request, port: native.port, id })
    const [seen, expected] = [JSON.stringify(here, null, 2), JSON.stringify(there, null, 2)]
    const reason = fixture.differences?.[route]
    if (reason !== undefined) {
      if (seen === expected) fail(`${route} is as natively, but is listed as a difference: ${reason}`)
      remarks.push(`${route} differs: ${reason}`)
    } else if (seen !== expected) fail(`${route} is otherwise than natively`, { expected, seen })
  }
  return remarks.length === 0 ? undefined : remarks.join('; ')
}

async function throughAdapter(
  bench: AdapterBench,
  { route, ...init }: RouteRequest,
): Promise<{ readonly id: string; readonly observed: Observed }> {
  const exchange = bench.open(route, initOf(init))
  const { held, body } = await exchange.read()
  const { response } = held
  const trailers = response.trailers?.call(response) ?? {}
  await held.end()
  await exchange.until('close')
  const observed = {
    status: response.status,
    fields: fieldsOf(response.headers ?? {}),
    body: body.toString('latin1'),
    trailers: fieldsOf(trailers),
    informational: exchange.informational.map(({ status }) => status),
    told: [...exchange.told],
  }
  return { id: exchange.id, observed }
}

async function onNative(
  bench: AdapterBench,
  { request, port, id }: { readonly request: RouteRequest; readonly port: number; readonly id: string },
): Promise<Observed> {
  const { events } = bench.subjects
  const { route, ...init } = request
  const [method, path] = route.split(' ')
  const { rawHeaders = [] } = requestInit(route, id, initOf(init))
  const informational: number[] = []
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method, path, headers: [...rawHeaders], agent: false })
    outgoing.on('information', ({ statusCode }: InformationEvent) => informational.push(statusCode))
    outgoing.on('response', resolve).on('error', reject).end(request.body)
  })
  const pieces: Buffer[] = []
  for await (const piece of response) pieces.push(piece as Buffer)
  await events.until(id, 'close')
  return {
    status: response.statusCode ?? 0,
    fields: fieldsOf(distinct(response.rawHeaders)),
    body: Buffer.concat(pieces).toString('latin1'),
    trailers: fieldsOf(distinct(response.rawTrailers)),
    informational,
    told: events.of(id),
  }
}

/** The same fields both ways: framing included, since the native client is told to add none. */
function initOf({ body, fields = [] }: Omit<RouteRequest, 'route'>): RequestInit {
  const framing = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))]
  return { body, rawHeaders: ['Host', 'localhost', ...framing, ...fields, 'Connection', 'close'] }
}

function distinct(raw: readonly string[]): Record<string, string[]> {
  const result: Record<string, string[]> = {}
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    ;(result[name] ??= []).push(raw[index + 1] as string)
  }
  return result
}

/** Sorted, and without what servers add. */
function fieldsOf(headers: ResponseHeaders): Readonly<Record<string, readonly string[]>> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || OF_SERVERS.has(name)) return []
    return [[name, typeof value === 'string' ? [value] : [...value]] as const]
  })
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
