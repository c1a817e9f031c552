// The members of a request: read, read again, and read through a derived object (REQ-24 to REQ-26).
import { inspect, isDeepStrictEqual } from 'node:util'
import type { GatewayRequest } from '../request.ts'
import type { Found } from './reporter.ts'

/** What a request gave for each of its members; nothing is known of them but that they were read. */
export type Members = { readonly [Name in MemberName]: unknown }

/** Others add members to the interface by declaration, under names with a dot. */
type MemberName = Exclude<keyof GatewayRequest, `${string}.${string}`>

/** A member for each; the compiler asks for those that are added. */
const names: Record<MemberName, true> = {
  method: true,
  target: true,
  mount: true,
  path: true,
  query: true,
  scheme: true,
  authority: true,
  httpVersion: true,
  headers: true,
  rawHeaders: true,
  body: true,
  trailers: true,
  remote: true,
  local: true,
  tls: true,
  signal: true,
  upgrade: true,
  inform: true,
}
const MEMBERS = Object.keys(names) as readonly MemberName[]

/**
 * Reads every member three times: through a derived object first, so that what is made at first access is made there, then
 * directly, then through another derived object.
 */
export function readMembers(request: GatewayRequest, found: Found): Members {
  const entries = MEMBERS.map((name): [string, unknown] => {
    const first = attempt(Object.create(request) as GatewayRequest, name)
    const direct = attempt(request, name)
    const again = attempt(request, name)
    const last = attempt(Object.create(request) as GatewayRequest, name)
    if ('thrown' in direct) found('REQ-24', `reading ${name} threw ${inspect(direct.thrown)}`)
    else if (!isSame(name, direct.value, again.value)) found('REQ-24', `${name} gave another value at its second read`)
    else if ('thrown' in first) found('REQ-25', `reading ${name} of a derived request threw ${inspect(first.thrown)}`)
    else if (!isSame(name, first.value, direct.value) || !isSame(name, last.value, direct.value)) {
      found('REQ-25', `${name} of a derived request is another one`)
    }
    return [name, direct.value]
  })
  return Object.fromEntries(entries) as unknown as Members
}

/** Compares with an earlier reading when the response is over; `trailers` may have come since (REQ-24). */
export function checkUnchanged(request: GatewayRequest, members: Members, found: Found): void {
  for (const name of MEMBERS) {
    if (name === 'trailers') continue
    if (!isSame(name, attempt(request, name).value, members[name])) {
      found('REQ-24', `${name} gave another value when the response was over`)
    }
  }
}

/** There is one `body` and one `signal`; a record may be made anew if it says the same. */
function isSame(name: string, one: unknown, other: unknown): boolean {
  return Object.is(one, other) || (name !== 'body' && name !== 'signal' && isDeepStrictEqual(one, other))
}

/** Names without a dot are reserved (REQ-26); so is being extensible promised. */
export function checkNames(request: GatewayRequest, found: Found): void {
  if (!Object.isExtensible(request)) found('REQ-26', 'the request is not extensible')
  for (const name of namesOf(request)) {
    if (!Object.hasOwn(names, name) && !name.includes('.')) {
      found('REQ-26', `the request has a member ${JSON.stringify(name)}, a name that is reserved`)
    }
  }
}

/** The string keys of a request and its classes, without those that every object has. */
function namesOf(request: object): Set<string> {
  const found = new Set<string>()
  let object: object | null = request
  // Not by identity: there is an Object.prototype for each realm.
  while (object !== null && !Object.hasOwn(object, 'hasOwnProperty')) {
    for (const name of Object.getOwnPropertyNames(object)) found.add(name)
    object = Object.getPrototypeOf(object) as object | null
  }
  found.delete('constructor')
  return found
}

function attempt(request: GatewayRequest, name: MemberName): { value: unknown; thrown?: unknown } {
  try {
    return { value: request[name] }
  } catch (thrown) {
    return { value: undefined, thrown }
  }
}
