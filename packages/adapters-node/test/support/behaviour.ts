import { type ComparableResponse, comparable } from './comparable.ts'
import { parseResponses, RawClient } from './raw-client.ts'
import { nextId, type RecordedRequest } from './records.ts'
import type { RunningServer } from './servers.ts'

/** What is sent to a behaviour, beyond its name. */
export interface RequestShape {
  readonly method?: string
  readonly query?: string
  readonly version?: string
  /** Field lines, each with its CRLF. */
  readonly fields?: string
  readonly body?: string
  /** `false` where node:http never closes the request, so that there is no end of the record to wait for. */
  readonly recorded?: boolean
}

/** What came of it: all responses on the connection, and the record if there was a response to wait for. */
export interface Outcome {
  readonly responses: readonly ComparableResponse[]
  readonly record: RecordedRequest
}

const emptyRecord: RecordedRequest = { id: '', req: [], res: [], notes: {} }

/** The bytes of a request for a behaviour, or for a path with its slash. */
export function requestBytes(name: string, id: string, shape: RequestShape = {}): string {
  const { method = 'GET', query = '', version = '1.1', fields = '', body = '' } = shape
  const path = name.startsWith('/') ? name : `/${encodeURIComponent(name)}`
  return `${method} ${path}${query} HTTP/${version}\r\nHost: test\r\nx-id: ${id}\r\n${fields}\r\n${body}`
}

/** Sends one request, on a connection that ends with it, and waits until both sides are through with it. */
export async function observe(server: RunningServer, name: string, shape: RequestShape = {}): Promise<Outcome> {
  const id = nextId()
  const client = await RawClient.connect(server.port)
  client.send(requestBytes(name, id, { ...shape, fields: `${shape.fields ?? ''}Connection: close\r\n` }))
  const received = (await client.toEnd()).replaceAll(id, 'idnumber')
  return {
    responses: parseResponses(received, [shape.method ?? 'GET'])
      .map(comparable)
      .filter(isNotContinue),
    record: shape.recorded === false ? emptyRecord : await server.records.of(id),
  }
}

/** When 100 Continue is sent is the server's affair: at the first read of the body, and only to a client that still waits. */
function isNotContinue(response: ComparableResponse): boolean {
  return !response.statusLine.startsWith('HTTP/1.1 100')
}
