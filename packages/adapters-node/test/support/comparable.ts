// What two servers must have in common about a response. What they may differ in is decided here, in one place.
import type { RawResponse } from './raw-client.ts'

/** A response without what is the server's own business. */
export interface ComparableResponse {
  readonly statusLine: string
  /** The handler's fields, in order, with lower-case names: the gateway carries no other case. */
  readonly headers: readonly string[]
  readonly framing: string
  readonly closes: boolean
  readonly body: string
  readonly trailers: readonly string[]
  readonly truncated: boolean
}

const ofTheServer = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

/** The clock, and how a server says that it keeps a connection open, are left out; framing fields may stand anywhere. */
export function comparable(response: RawResponse): ComparableResponse {
  const fields = response.headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  const value = (name: string): string | undefined => fields.find(([field]) => field === name)?.[1]
  const length = value('content-length')
  return {
    statusLine: response.statusLine,
    headers: fields.filter(([name]) => !ofTheServer.has(name)).map(field => field.join(': ')),
    framing: length === undefined ? (value('transfer-encoding') ?? 'none') : `length ${length}`,
    closes: /close/i.test(value('connection') ?? ''),
    body: response.body,
    trailers: response.trailers.map(([name, text]) => `${name.toLowerCase()}: ${text}`),
    truncated: response.truncated,
  }
}
