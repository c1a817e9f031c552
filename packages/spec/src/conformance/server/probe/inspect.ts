// What only an application can see of a request.
import type { GatewayRequest } from '../../../request.ts'
import { describeError, tell } from './events.ts'

/** The members of a request (spec/nsgi.md §4). */
const MEMBERS = [
  'method',
  'target',
  'mount',
  'path',
  'query',
  'scheme',
  'authority',
  'httpVersion',
  'headers',
  'rawHeaders',
  'body',
  'remote',
  'local',
  'tls',
  'signal',
  'upgrade',
] as const

/** The members that go into a report of a call as they are. */
export function facts(request: GatewayRequest): object {
  const { method, target, mount, path, query, scheme, authority, httpVersion } = request
  const { headers, rawHeaders, remote, local, tls, upgrade } = request
  return {
    method,
    target,
    mount,
    path,
    query,
    scheme,
    authority,
    httpVersion,
    rawHeaders,
    remote,
    local,
    headers: { ...headers },
    bare: Object.getPrototypeOf(headers) === null,
    tls: tls === null ? null : { ...tls, peerCertificate: certificate(tls.peerCertificate) },
    upgrade: upgrade ?? null,
    body: request.body === null ? null : 'some',
    inform: typeof request.inform,
  }
}

/** Tells in the event `inspected` what is wrong with the request as an object; nothing where all is well. */
export function inspect({ key, request }: { readonly key: string; readonly request: GatewayRequest }): void {
  // The derived object reads first: state that is made lazily must still be shared.
  const derived = Object.create(request, { path: { value: '/derived', enumerable: true } }) as GatewayRequest
  tell(key, 'inspected', {
    unequal: MEMBERS.filter(member => !sameTwice(request, member)),
    unshared: MEMBERS.filter(member => member !== 'path' && !shared(derived, { request, member })),
    overridden: derived.path === '/derived' && request.path !== '/derived',
    extensible: Object.isExtensible(request) && extendable(request) && extendable(derived),
    strangers: strangers(request),
  })
}

function sameTwice(request: GatewayRequest, member: (typeof MEMBERS)[number]): boolean {
  const first = request[member]
  return Object.is(first, request[member])
}

function shared(
  derived: GatewayRequest,
  { request, member }: { readonly request: GatewayRequest; readonly member: (typeof MEMBERS)[number] },
): boolean {
  try {
    return Object.is(derived[member], request[member])
  } catch {
    return false
  }
}

function extendable(request: object): boolean {
  try {
    Object.assign(request, { 'probe.note': 1, [Symbol.for('probe.note')]: 2 })
    return Reflect.get(request, 'probe.note') === 1
  } catch (error) {
    return describeError(error) === ''
  }
}

/** Names without a dot that this version does not know. */
function strangers(request: object): readonly string[] {
  const known = new Set<string>([...MEMBERS, 'trailers', 'inform', 'constructor'])
  const found = new Set<string>()
  for (let level: object | null = request; level !== null && level !== Object.prototype; ) {
    for (const name of Object.getOwnPropertyNames(level)) if (!known.has(name) && !name.includes('.')) found.add(name)
    level = Object.getPrototypeOf(level) as object | null
  }
  return [...found]
}

/** Of a certificate its subject, which has to be there; anything else as it is. */
function certificate(found: unknown): unknown {
  if (typeof found !== 'object' || found === null) return found === undefined ? 'undefined' : found
  return { subject: (found as { readonly subject?: unknown }).subject ?? null }
}
