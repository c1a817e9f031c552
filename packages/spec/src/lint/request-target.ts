// The request line: its parts, and whether they agree (REQ-02 to REQ-09, REQ-15 to REQ-18, REQ-27).
import { describe } from '../testing/chunk.ts'
import { TOKEN } from '../testing/fields.ts'
import { splitTarget, type TargetParts } from '../testing/target.ts'
import type { Found } from './reporter.ts'
import type { Members } from './request-members.ts'

/** Checks what comes from the request line, and where the request is said to have come from. */
export function checkTarget(members: Members, found: Found): void {
  const { method, target, httpVersion } = members
  if (typeof method !== 'string' || !TOKEN.test(method)) {
    found('REQ-02', `method must be a token, not ${show(method)}`)
    return
  }
  if (httpVersion !== '1.0' && httpVersion !== '1.1' && httpVersion !== '2' && httpVersion !== '3') {
    found('REQ-15', `httpVersion must be "1.0", "1.1", "2" or "3", not ${show(httpVersion)}`)
  }
  checkScheme(members, found)
  if (typeof target !== 'string') {
    found('REQ-03', `target must be a string, not ${describe(target)}`)
    return
  }
  const parts = partsOf(members, found)
  checkPath(members, parts, found)
  checkAuthority(members, parts, found)
}

function checkScheme({ scheme, tls, headers }: Members, found: Found): void {
  if (scheme !== 'http' && scheme !== 'https') found('REQ-16', `scheme must be "http" or "https", not ${show(scheme)}`)
  // The other way round it may be that a proxy vouches for TLS.
  else if (scheme === 'http' && isObject(tls) && !isForwarded(headers)) {
    found('REQ-16', 'scheme is "http", but tls is there')
  }
}

/** The parts of a target; `undefined` where it has none that are known. */
function partsOf(members: Members, found: Found): TargetParts | undefined {
  const { method, target, httpVersion, upgrade } = members as { [Name in keyof Members]: string }
  // Extended CONNECT has the target of any other request (RFC 8441 §4).
  const isExtended = method === 'CONNECT' && httpVersion !== '1.0' && httpVersion !== '1.1' && upgrade !== 'connect'
  const asked = isExtended ? 'GET' : method
  try {
    return splitTarget(asked, target)
  } catch {
    const shown = JSON.stringify(target)
    if (!/^[!"$-~\x80-\xFF]+$/.test(target)) found('REQ-09', `the target ${shown} was to be refused`)
    else if (target === '*') found('REQ-07', `"*" came with ${method}`)
    else if (asked === 'CONNECT') found('REQ-08', `CONNECT came with the target ${shown}`)
    // Other schemes have an absolute form, too.
    else if (/^[a-z][a-z\d+.-]*:\/\//i.test(target)) return undefined
    else if (isAuthority(target)) found('REQ-08', `the authority form ${shown} came with ${method}`)
    else found('REQ-03', `${shown} is none of the forms of a request-target`)
    return undefined
  }
}

function isAuthority(target: string): boolean {
  try {
    splitTarget('CONNECT', target)
    return true
  } catch {
    return false
  }
}

function checkPath({ mount, path, query }: Members, parts: TargetParts | undefined, found: Found): void {
  if (typeof mount !== 'string' || (mount !== '' && !/^\/(?:.*[^/])?$/.test(mount)) || mount === '/') {
    found('REQ-27', `mount must be "" or begin with a slash and not end in one, not ${show(mount)}`)
    return
  }
  if (typeof path !== 'string') {
    found('REQ-04', `path must be a string, not ${describe(path)}`)
    return
  }
  if (typeof query !== 'string') found('REQ-05', `query must be a string, not ${describe(query)}`)
  if (parts === undefined) return
  if (mount + path !== parts.path) {
    if (mount === '') found('REQ-04', `path is ${show(path)}, the target's is ${show(parts.path)}`)
    else found('REQ-27', `mount + path is ${show(mount + path)}, the target's path is ${show(parts.path)}`)
  }
  if (typeof query === 'string' && query !== parts.query) {
    found('REQ-05', `query is ${show(query)}, the target's is ${show(parts.query)}`)
  }
}

function checkAuthority(
  { authority, headers, httpVersion }: Members,
  parts: TargetParts | undefined,
  found: Found,
): void {
  if (typeof authority !== 'string') {
    found('REQ-18', `authority must be a string, not ${describe(authority)}`)
    return
  }
  // HTTP/2 has a field of its own for it, and a trusted proxy may vouch for another.
  if (parts === undefined || (httpVersion !== '1.0' && httpVersion !== '1.1') || isForwarded(headers)) return
  const host = isObject(headers) ? (headers['host'] ?? '') : ''
  const expected = parts.authority ?? host
  if (authority === expected) return
  const isHostOverTarget = parts.authority !== undefined && authority === host
  found(isHostOverTarget ? 'REQ-06' : 'REQ-18', `authority is ${show(authority)}, it should be ${show(expected)}`)
}

function isForwarded(headers: unknown): boolean {
  if (!isObject(headers)) return false
  return Object.keys(headers).some(name => name === 'forwarded' || name.startsWith('x-forwarded-'))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : describe(value)
}
