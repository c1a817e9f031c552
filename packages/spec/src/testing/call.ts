import { type Duplex, finished as whenOver } from 'node:stream'
import type { Application } from '../application.ts'
import type { Context } from '../context.ts'
import { GatewayError } from '../errors.ts'
import { closeBody } from '../middleware/close-body.ts'
import { derive } from '../middleware/derive.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse, ResponseHeaders } from '../response.ts'
import { invalidResponse, isSwitching } from './check-response.ts'
import { decodeText } from './collect.ts'
import { createContext } from './create-context.ts'
import { createRequest, isCreatedRequest, type RequestInit } from './create-request.ts'
import { createDuplexPair } from './duplex-pair.ts'
import { transfer } from './transfer.ts'

/** A response sent before the response (RES-31). */
export interface Informational {
  readonly status: number
  readonly headers: ResponseHeaders
}

/** What a client would have got, and how it ended. */
export interface CallResult {
  readonly status: number
  readonly reason: string | undefined
  /** The application's own, on an object without a prototype; nothing that a server adds. */
  readonly headers: ResponseHeaders
  /** The body: what was sent of it, if `error` is set. */
  readonly bytes: Uint8Array
  /** The body as UTF-8. Reading it throws a TypeError if it is not. */
  readonly text: string
  readonly trailers: ResponseHeaders | undefined
  /** What `inform` sent before the head. */
  readonly informational: readonly Informational[]
  /** After an upgrade: the client's end of the connection. End or destroy it to finish the response. */
  readonly socket: Duplex | undefined
  /** What `finished` was told: `undefined` if the response was sent whole. */
  readonly error: unknown
}

/**
 * Calls an application as a server does, without one: calls it, checks its response, reads the body piece by piece, and
 * then calls `finished` once. `request` is what a request is made from, or one from `createRequest`. Abort the `signal`
 * given with it to lose the client: the body is closed and `finished` gets an error, in that order (END-05). `startup` and
 * `shutdown` are not called.
 *
 *     const { status, text } = await call(application, { target: '/hello' })
 *
 * Rejects where a server would answer 500 for the application, with the reason: what the application threw, or an error
 * with the code `NSGI_INVALID_RESPONSE` that names the requirement. A failure after the head is no rejection but `error`
 * in the result: the client has seen the head. A throw in `finished` rejects (APP-06).
 */
export async function call(
  application: Application,
  request: RequestInit | GatewayRequest = {},
  context: Context = createContext(),
): Promise<CallResult> {
  const informational: Informational[] = []
  let isHeadSent = false
  const original = isCreatedRequest(request) ? request : createRequest(request)
  const inform = (status: number, headers: ResponseHeaders = {}): void => {
    // A no-op after the head, and to HTTP/1.0 (RES-31).
    if (isHeadSent || original.httpVersion === '1.0') return
    informational.push({ status, headers })
    original.inform?.(status, headers)
  }
  const derived = derive(original, { inform })
  const response = await application(derived, context)
  isHeadSent = true
  refuseInvalid(derived, response)
  const { bytes, trailers, ...transferred } = await transfer(derived, response)
  const { socket, error } =
    transferred.error === undefined && isSwitching(derived, response) ? handOver(response) : transferred
  if (socket === undefined) response.finished?.(error)
  return {
    status: response.status,
    reason: response.reason,
    headers: Object.assign(Object.create(null) as object, response.headers),
    bytes,
    get text() {
      return decodeText(bytes)
    },
    trailers,
    informational,
    socket,
    error,
  }
}

/** Throws for an invalid response, after closing and finishing what there is of it (RES-02, END-06). */
function refuseInvalid(request: GatewayRequest, response: GatewayResponse): void {
  const fault = invalidResponse(request, response)
  if (fault === undefined) return
  const { body, finished } = Object(response) as Partial<GatewayResponse>
  closeBody(body)
  if (typeof finished === 'function') finished.call(response, fault)
  throw fault
}

/** Gives the application its end of a new connection; `finished` follows when that ends (UPG-05), unless it threw. */
function handOver(response: GatewayResponse): { socket?: Duplex; error?: unknown } {
  const [server, client] = createDuplexPair()
  try {
    response.upgrade?.(server)
  } catch (thrown) {
    server.destroy()
    return { error: thrown ?? new GatewayError('NSGI_UNKNOWN_FAILURE') }
  }
  whenOver(server, error => response.finished?.(error ?? undefined))
  return { socket: client }
}
