// What an application returned: read once, and checked as a server would and a little more.
import type { GatewayRequest } from '../request.ts'
import type { RequirementId } from '../requirements.ts'
import type { GatewayResponse } from '../response.ts'
import { declaredLength, type Fault, isSwitching, responseFault } from '../testing/check-response.ts'
import { describe } from '../testing/chunk.ts'

/** Hop-by-hop fields (RES-21). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(
  'connection keep-alive proxy-connection te transfer-encoding upgrade'.split(' '),
)

/** HTAB, space, visible characters and bytes above (RFC 9112 §4). */
const REASON = /^[\t\x20-\x7E\x80-\xFF]*$/

/** The members of a response, each read once: an accessor may make something anew at each read. */
export type ResponseParts = { readonly [Name in keyof GatewayResponse]-?: GatewayResponse[Name] }

/** Reads the members; they are not checked yet. */
export function readResponse(response: GatewayResponse): ResponseParts {
  const { status, reason, headers, body, trailers, upgrade, finished } = response
  return { status, reason, headers, body, trailers, upgrade, finished }
}

/** The first thing that is wrong with a response, for which the application has to answer. */
export function applicationFault(request: GatewayRequest, parts: ResponseParts): Fault | undefined {
  const fault = responseFault(request, parts)
  if (fault !== undefined) return { ...fault, requirement: dutyOf(fault, request, parts) }
  return hopByHopFault(parts) ?? reasonFault(parts) ?? functionFault(parts)
}

/** The application's own duty, where the fault has one: what it declares, and what it takes that was not offered. */
function dutyOf({ requirement }: Fault, request: GatewayRequest, parts: ResponseParts): RequirementId {
  if (requirement === 'RES-12' && Number.isSafeInteger(declaredLength(parts))) return 'APP-03'
  return requirement === 'UPG-01' && parts.status === 101 && request.upgrade === undefined ? 'APP-07' : requirement
}

function hopByHopFault({ headers }: ResponseParts): Fault | undefined {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined || !HOP_BY_HOP.has(name)) continue
    const isClose = name === 'connection' && String(value).toLowerCase() === 'close'
    if (!isClose)
      return { requirement: 'APP-02', detail: `the response has the hop-by-hop field ${name}: ${String(value)}` }
  }
  return undefined
}

function reasonFault({ reason }: ResponseParts): Fault | undefined {
  if (reason === undefined || (typeof reason === 'string' && REASON.test(reason))) return undefined
  return { requirement: 'RES-35', detail: `${JSON.stringify(reason)} is no reason phrase` }
}

function functionFault(parts: ResponseParts): Fault | undefined {
  const functions = [
    ['trailers', 'RES-30'],
    ['upgrade', 'UPG-02'],
    ['finished', 'END-06'],
  ] as const
  for (const [name, requirement] of functions) {
    const value: unknown = parts[name]
    if (value !== undefined && typeof value !== 'function') {
      return { requirement, detail: `${name} must be a function, not ${describe(value)}` }
    }
  }
  return undefined
}

/** Why nothing of the body may be read, where that is so (RES-17 to RES-20, UPG-02). */
export function unwantedBecause(request: GatewayRequest, parts: ResponseParts): RequirementId | undefined {
  if (isSwitching(request, parts)) return 'UPG-02'
  if (request.method === 'HEAD') return 'RES-17'
  const byStatus: Readonly<Record<number, RequirementId>> = { 204: 'RES-18', 304: 'RES-19', 205: 'RES-20' }
  return byStatus[parts.status]
}
