// The whole of a request when it reaches the application: what each member is, and that they agree.
import type { GatewayRequest } from '../request.ts'
import { describe } from '../testing/chunk.ts'
import type { Found } from './reporter.ts'
import { announcesContent, checkFields, checkRecord } from './request-fields.ts'
import { checkNames, type Members, readMembers } from './request-members.ts'
import { checkTarget } from './request-target.ts'

/** Checks a request; what its members gave is returned, to be compared with later. `undefined` if it is no object. */
export function checkRequest(request: GatewayRequest, found: Found): Members | undefined {
  if (typeof request !== 'object' || (request as unknown) === null) {
    found('REQ-26', `a request is an object, not ${describe(request)}`)
    return undefined
  }
  const members = readMembers(request, found)
  checkNames(request, found)
  checkTarget(members, found)
  checkFields(members, found)
  checkBody(members, found)
  checkConnection(members, found)
  checkUpgrade(members, found)
  return members
}

/** Whether a value is an AbortSignal, of whichever realm. */
export function isSignal(value: unknown): value is AbortSignal {
  return Object.prototype.toString.call(value) === '[object AbortSignal]'
}

function checkBody(members: Members, found: Found): void {
  const { body, trailers, method } = members
  const announced = announcesContent(members)
  if (body === null) {
    if (announced === true && method !== 'CONNECT') found('BOD-01', 'body is null, but the fields announce content')
    if (trailers === undefined) found('BOD-10', 'trailers is undefined, but there is no body to wait for')
    else checkRecord('trailers', trailers, found)
    return
  }
  if (typeof body !== 'object' || !(Symbol.asyncIterator in body)) {
    found('BOD-02', `body must be null or an asynchronous iterable, not ${describe(body)}`)
    return
  }
  if (announced === false) found('BOD-01', 'body is not null, but the message has no content')
  if (trailers !== undefined) found('BOD-10', 'trailers is there before the body was read')
}

function checkConnection({ remote, local, tls, signal }: Members, found: Found): void {
  for (const [name, end] of Object.entries({ remote, local })) {
    const { address, port } = Object(end) as { address?: unknown; port?: unknown }
    if (typeof address !== 'string' || !(port === null || isPort(port))) {
      found(
        'REQ-28',
        `${name} must have an address and a port, or null for it: ${JSON.stringify(end) ?? describe(end)}`,
      )
    }
  }
  if (tls !== null && !isTlsInfo(tls)) {
    found('REQ-29', `tls must be null or have version, alpn, servername and peerCertificate, not ${describe(tls)}`)
  }
  if (!isSignal(signal)) found('END-01', `signal must be an AbortSignal, not ${describe(signal)}`)
}

function isPort(port: unknown): boolean {
  return Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535
}

function isTlsInfo(tls: unknown): boolean {
  if (typeof tls !== 'object') return false
  const { version, alpn, servername, peerCertificate } = tls as Record<string, unknown>
  const isName = (value: unknown): boolean => value === null || typeof value === 'string'
  return typeof version === 'string' && isName(alpn) && isName(servername) && typeof peerCertificate === 'object'
}

function checkUpgrade({ upgrade, inform, method, headers, httpVersion }: Members, found: Found): void {
  if (inform !== undefined && typeof inform !== 'function') {
    found('LIF-09', `inform must be a function or absent, not ${describe(inform)}`)
  }
  if (upgrade === undefined) return
  if (typeof upgrade !== 'string' || upgrade === '' || upgrade !== upgrade.toLowerCase()) {
    found('UPG-01', `upgrade must be a protocol in lower case or undefined, not ${JSON.stringify(upgrade)}`)
    return
  }
  if (method === 'CONNECT' ? upgrade === 'connect' || httpVersion !== '1.1' : isAskedFor(upgrade, headers)) return
  found('UPG-01', `upgrade is ${JSON.stringify(upgrade)}, which the client did not ask for`)
}

function isAskedFor(protocol: string, headers: unknown): boolean {
  const asked: unknown = (Object(headers) as Record<string, unknown>)['upgrade']
  if (typeof asked !== 'string') return false
  const offers = asked.toLowerCase().split(',')
  return offers.some(offer => offer.trim() === protocol || offer.trim().split('/')[0] === protocol)
}
