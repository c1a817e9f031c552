// What a server must refuse before it has sent a byte (RES-02).
import { GatewayError } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse } from '../response.ts'
import { chunkBytes, describe, isIterable } from './chunk.ts'
import { FIELD_VALUE, TOKEN } from './fields.ts'

/** Status codes whose responses have no content (RES-18, RES-19, RES-20). */
const WITHOUT_CONTENT: ReadonlySet<number> = new Set([204, 205, 304])

/** Whether the response hands the connection over (UPG-01): 101, or a 2xx to CONNECT, with `upgrade`. */
export function isSwitching(request: GatewayRequest, response: GatewayResponse): boolean {
  if (response.upgrade === undefined || request.upgrade === undefined) return false
  return response.status === 101 || (request.method === 'CONNECT' && response.status >= 200 && response.status < 300)
}

/** Whether the body is not to be read: the response has no content (RES-17 to RES-20). */
export function isWithoutContent(request: GatewayRequest, response: GatewayResponse): boolean {
  return request.method === 'HEAD' || WITHOUT_CONTENT.has(response.status) || isSwitching(request, response)
}

/** The `content-length` that the response declares, if it does. */
export function declaredLength(response: GatewayResponse): number | undefined {
  const value = response.headers?.['content-length']
  return value === undefined ? undefined : Number(value)
}

/** The first fault that makes a server answer 500, naming the requirement; `undefined` for a valid response. */
export function responseFault(request: GatewayRequest, response: unknown): GatewayError | undefined {
  const text =
    typeof response === 'object' && response !== null
      ? (statusFault(request, response as GatewayResponse) ??
        headersFault((response as GatewayResponse).headers) ??
        bodyFault(request, response as GatewayResponse))
      : `a response is an object, not ${describe(response)} (RES-02)`
  return text === undefined ? undefined : new GatewayError('NSGI_INVALID_RESPONSE', `invalid response: ${text}`)
}

function statusFault(request: GatewayRequest, { status, upgrade }: GatewayResponse): string | undefined {
  if (status === 101) {
    if (upgrade === undefined) return 'the status 101 needs upgrade (RES-03)'
    return request.upgrade === undefined ? 'the client asked for no upgrade (UPG-01)' : undefined
  }
  if (request.method === 'CONNECT' && upgrade === undefined && status >= 200 && status < 300) {
    return 'a 2xx to CONNECT opens a tunnel, so it needs upgrade (UPG-01)'
  }
  if (Number.isInteger(status) && status >= 200 && status <= 599) return undefined
  return `status must be an integer from 200 to 599, not ${JSON.stringify(status) ?? describe(status)} (RES-03)`
}

/** What is wrong with header or trailer fields (RES-06, RES-07), if anything is. */
export function headersFault(headers: unknown): string | undefined {
  if (headers === undefined || headers === null) return undefined
  if (typeof headers !== 'object') return `headers must be a record, not ${describe(headers)} (RES-02)`
  for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
    if (value === undefined) continue
    if (!TOKEN.test(name) || name !== name.toLowerCase()) {
      return `${JSON.stringify(name)} is not a lower-case field name (RES-06)`
    }
    for (const line of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof line !== 'string') return `the value of ${name} must be a string, not ${describe(line)} (RES-02)`
      if (!FIELD_VALUE.test(line)) {
        return `the value of ${name} holds CR, LF, NUL or a character above U+00FF (RES-07)`
      }
    }
  }
  return undefined
}

function bodyFault(request: GatewayRequest, response: GatewayResponse): string | undefined {
  const { body } = response
  const length = response.headers?.['content-length']
  if (length !== undefined && (typeof length !== 'string' || !/^\d+$/.test(length))) {
    return `content-length must be one line of digits, not ${JSON.stringify(length)} (RES-12)`
  }
  if (body === null || body === undefined || typeof body === 'string' || ArrayBuffer.isView(body)) {
    const size = body === null || body === undefined ? 0 : chunkBytes(body).length
    if (length === undefined || Number(length) === size || isWithoutContent(request, response)) return undefined
    return `content-length says ${length}, but the body has ${size} bytes (RES-12)`
  }
  return isIterable(body)
    ? undefined
    : `body must be a string, bytes, an iterable or null, not ${describe(body)} (RES-04)`
}
