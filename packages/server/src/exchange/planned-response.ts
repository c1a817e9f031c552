// A response as it was decided to be sent, and the checks of it that no version of HTTP changes.
import type { GatewayResponse } from '@nsgi/spec'
import type { BodyKind } from './response-body.ts'
import { describe, invalid } from './response-fields.ts'

/**
 * How the end of the body is known to the client (RFC 9112 §6.3); `frames` are those of HTTP/2, behind `switch` there is no HTTP
 * any more.
 */
export type Framing = 'none' | 'single' | 'length' | 'chunked' | 'close' | 'frames' | 'switch'

/**
 * A head ready to be sent, what was decided with it, and the parts of the response that are still needed: each was
 * read once, as it may be an accessor that makes something anew or throws.
 */
export interface PlannedResponse {
  readonly head: string
  readonly status: number
  readonly headers: GatewayResponse['headers']
  readonly content: GatewayResponse['body']
  readonly body: BodyKind
  readonly framing: Framing
  /** Bytes that the body must have when `framing` is `length`. */
  readonly length: number
  readonly keepAlive: boolean
  /** What takes the connection over when `framing` is `switch`. */
  readonly upgrade: GatewayResponse['upgrade']
}

/** Whether a response of that status takes the offer of an upgrade up; throws where it must not be sent (NSGI RES-03, UPG-01). */
export function checkStatus(
  status: unknown,
  { isConnect, offered }: { readonly isConnect: boolean; readonly offered: string | undefined },
): boolean {
  if (typeof status !== 'number' || !Number.isInteger(status)) {
    throw invalid('RES-03', `status is ${describe(status)}, not an integer`)
  }
  // A 2xx tells the client that the tunnel stands (RFC 9110 §9.3.6); without `request.upgrade` there is none. To CONNECT, which
  // asks for no other protocol, a 101 says nothing, and HTTP/2 has none (RFC 9113 §8.6).
  if (status === 101 && isConnect) throw invalid('RES-03', 'status 101 to CONNECT, which a 2xx answers')
  const isSwitching = status === 101 || (isConnect && status >= 200 && status < 300)
  if (isSwitching && offered === undefined) {
    throw invalid(status === 101 ? 'RES-03' : 'UPG-01', `status ${status} without an upgrade that was offered`)
  }
  if (!isSwitching && (status < 200 || status > 599)) throw invalid('RES-03', `status ${status} is not in 200 to 599`)
  return isSwitching
}

/** The bytes that a `content-length` declares; throws for anything but one decimal number (NSGI RES-12). */
export function declaredLength(value: unknown): number {
  const text: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw invalid('RES-12', `content-length is ${JSON.stringify(value)}, not a decimal number of bytes in a string`)
  }
  return Number(text)
}
