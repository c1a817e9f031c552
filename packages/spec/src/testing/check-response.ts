// What a server must refuse before it has sent a byte (RES-02).
import { isUint8Array } from 'node:util/types'
import { GatewayError } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'
import type { RequirementId } from '../requirements.generated.ts'
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

/** What is wrong, and with which requirement. */
export interface Fault {
  readonly requirement: RequirementId
  readonly detail: string
}

/** A fault in words, its requirement in parentheses. */
export function faultText({ requirement, detail }: Fault): string {
  return `${detail} (${requirement})`
}

/** The first fault that makes a server answer 500, as an error; `undefined` for a valid response. */
export function invalidResponse(request: GatewayRequest, response: unknown): GatewayError | undefined {
  const fault = responseFault(request, response)
  return fault && new GatewayError('NSGI_INVALID_RESPONSE', `invalid response: ${faultText(fault)}`)
}

/** The first fault that makes a server answer 500; `undefined` for a valid response. */
export function responseFault(request: GatewayRequest, response: unknown): Fault | undefined {
  if (typeof response !== 'object' || response === null) {
    return { requirement: 'RES-02', detail: `a response is an object, not ${describe(response)}` }
  }
  return (
    statusFault(request, response as GatewayResponse) ??
    headersFault((response as GatewayResponse).headers) ??
    lengthFault(response as GatewayResponse) ??
    bodyFault(request, response as GatewayResponse)
  )
}

function statusFault(request: GatewayRequest, { status, upgrade }: GatewayResponse): Fault | undefined {
  if (status === 101) {
    if (upgrade === undefined) return { requirement: 'RES-03', detail: 'the status 101 needs upgrade' }
    if (request.upgrade === undefined) return { requirement: 'UPG-01', detail: 'the client asked for no upgrade' }
    return undefined
  }
  if (request.method === 'CONNECT' && upgrade === undefined && status >= 200 && status < 300) {
    return { requirement: 'UPG-01', detail: 'a 2xx to CONNECT opens a tunnel, so it needs upgrade' }
  }
  if (Number.isInteger(status) && status >= 200 && status <= 599) return undefined
  const given = JSON.stringify(status) ?? describe(status)
  return { requirement: 'RES-03', detail: `status must be an integer from 200 to 599, not ${given}` }
}

/** What is wrong with header or trailer fields (RES-06, RES-07), if anything is. */
export function headersFault(headers: unknown): Fault | undefined {
  if (headers === undefined || headers === null) return undefined
  if (typeof headers !== 'object') {
    return { requirement: 'RES-02', detail: `headers must be a record, not ${describe(headers)}` }
  }
  for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
    if (value === undefined) continue
    if (!TOKEN.test(name) || name !== name.toLowerCase()) {
      return { requirement: 'RES-06', detail: `${JSON.stringify(name)} is not a lower-case field name` }
    }
    for (const line of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof line !== 'string') {
        return { requirement: 'RES-07', detail: `the value of ${name} must be a string, not ${describe(line)}` }
      }
      if (!FIELD_VALUE.test(line)) {
        const detail = `the value of ${name} holds CR, LF, NUL or a character above U+00FF`
        return { requirement: 'RES-07', detail }
      }
    }
  }
  return undefined
}

function lengthFault({ headers }: GatewayResponse): Fault | undefined {
  const length: unknown = headers?.['content-length']
  if (length === undefined || (typeof length === 'string' && /^\d+$/.test(length))) return undefined
  return { requirement: 'RES-12', detail: `content-length must be one line of digits, not ${JSON.stringify(length)}` }
}

function bodyFault(request: GatewayRequest, response: GatewayResponse): Fault | undefined {
  const { body } = response
  const size = knownSize(body)
  if (size === undefined && !isIterable(body)) {
    const detail = `body must be a string, bytes, an iterable or null, not ${describe(body)}`
    return { requirement: 'RES-04', detail }
  }
  const declared = declaredLength(response)
  if (size === undefined || declared === undefined || declared === size || isWithoutContent(request, response)) {
    return undefined
  }
  return { requirement: 'RES-12', detail: `content-length says ${declared}, but the body has ${size} bytes` }
}

/** The size of a body that is known at once, in bytes. */
function knownSize(body: unknown): number | undefined {
  if (body === null || body === undefined) return 0
  return typeof body === 'string' || isUint8Array(body) ? chunkBytes(body).length : undefined
}
