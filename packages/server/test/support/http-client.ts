// A small HTTP client for tests: one request on one connection of its own.
import { once } from 'node:events'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'

/** A whole response. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Where to send a request. */
export interface Target extends RequestOptions {
  /** `http://127.0.0.1:port`; not needed with `socketPath`. */
  readonly origin?: string
}

/** Sends a GET and reads the whole answer. Rejects when the connection is refused or lost. */
export async function get(path: string, target: Target): Promise<Answer> {
  const response = await openGet(path, target)
  response.setEncoding('utf8')
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Sends a GET and gives the response when its head has arrived; the body is read by the caller. */
export async function openGet(path: string, { origin, ...options }: Target): Promise<IncomingMessage> {
  const url = new URL(path, origin ?? 'http://localhost')
  const sent = request(url, { ...options, agent: false }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}
