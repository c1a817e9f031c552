import type { GatewayRequest } from '@nsgi/spec'

// What the URL parser would leave as it is (https://url.spec.whatwg.org): then putting the parts together gives the same string.
const plainAuthority = /^(?:[a-z][a-z\d-]*\.)*[a-z][a-z\d-]*(?::[1-9]\d{3,4})?$/
const plainPath = /^\/[\w\-./~!$&()*+,;=:@%]*$/
const plainQuery = /^[\w\-./~!$&()*+,;=:@%?]*$/
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i

const HIGHEST_PORT = 65_535

/** The absolute URL of a request as `Request.url` has it. Throws a TypeError if there is none, the host being none that URLs can have. */
export function urlOf({ scheme, authority, mount, path, query }: GatewayRequest): string {
  const whole = mount + path
  const text = `${scheme}://${authority || 'localhost'}${whole.startsWith('/') ? '' : '/'}${whole}${query && '?'}${query}`
  const isPlain = hasPlainHost(authority) && plainPath.test(whole) && plainQuery.test(query) && !dotSegment.test(whole)
  return isPlain ? text : new URL(text).href
}

/** Whether the URL parser takes a host as it is. */
export function hasPlainHost(authority: string): boolean {
  if (!plainAuthority.test(authority) || authority.includes('xn--')) return false
  const colon = authority.indexOf(':')
  return colon < 0 || Number(authority.slice(colon + 1)) <= HIGHEST_PORT
}
