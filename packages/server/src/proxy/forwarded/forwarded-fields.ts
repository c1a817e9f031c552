// What trusted proxies say of a request in its fields, and whether they agree (NSGI REQ-16 to REQ-18).
//
// Fields are read only if the operator named them: a proxy that writes one of them passes the client's own version of
// the others on, so whatever is read without being written by the proxy is the client's word.

import { Buffer } from 'node:buffer'
import { isAuthority } from '../../exchange/authority.ts'
import { FieldNames } from '../../exchange/field-names.ts'
import { trimmed } from '../../exchange/field-records.ts'
import type { ForwardedFields, Vouched } from '../../exchange/forwarding.ts'
import { isUnder, parseMount } from '../../exchange/mount.ts'
import { type Rejection, rejection } from '../../exchange/rejections.ts'
import { type Peer, TrustedPeers } from '../trusted-peers.ts'
import { parseForwarded } from './forwarded-header.ts'
import { isAddress, parseForwardedFor, parseNode } from './node-name.ts'
import { parseSchemeField } from './scheme-fields.ts'

/** The fields that can be read besides those of the scheme, in lower case. */
export const FORWARDER_FIELDS = [
  'x-forwarded-for',
  'x-forwarded-host',
  'forwarded',
  'x-forwarded-prefix',
  'script_name',
] as const
export type ForwarderField = (typeof FORWARDER_FIELDS)[number]

/** What the operator says about proxies. */
export interface ForwardingRules {
  /** Addresses, networks, `*`: `isTrustEntry`. */
  readonly allowIps: readonly string[]
  readonly fields: readonly ForwarderField[]
  /** As `parseSchemeField` reads them; one name may come with several values. */
  readonly schemeFields: readonly string[]
}

/** Trusted hops in one request. No real chain is near it; each costs a look-up. */
const MOST_HOPS = 50

/** How many values of X-Forwarded-For are remembered, and up to how many characters: below half a megabyte in all. */
const MOST_REMEMBERED = 1024
const LONGEST_REMEMBERED = 128

/** Reads the rules; `undefined` where nobody is trusted or nothing is read, so that requests cost nothing. */
export function forwardedFields(rules: ForwardingRules): ForwardedFields | undefined {
  const trusted = new TrustedPeers(rules.allowIps)
  const reader = new FieldsReader(trusted, rules)
  return trusted.isEmpty || reader.isEmpty ? undefined : reader
}

/** What has been said so far of each thing. */
interface Claims {
  scheme: 'http' | 'https' | undefined
  authority: string | undefined
  remote: Peer | undefined
  mount: string | undefined
  taken: string | undefined
}

const NO_CLAIMS: Readonly<Claims> = {
  scheme: undefined,
  authority: undefined,
  remote: undefined,
  mount: undefined,
  taken: undefined,
}

class FieldsReader implements ForwardedFields {
  readonly names: FieldNames
  readonly isEmpty: boolean
  private readonly trusted: TrustedPeers
  /** What lately used values of X-Forwarded-For came to: clients send many requests, and it is worth some microseconds. */
  private readonly remotes = new Map<string, Peer>()
  private readonly secureValues = new Map<string, readonly string[]>()

  constructor(trusted: TrustedPeers, { fields, schemeFields }: ForwardingRules) {
    this.trusted = trusted
    for (const text of schemeFields) {
      const field = parseSchemeField(text)
      if (field === undefined) throw new RangeError(`not a field and its value: ${text}`)
      this.secureValues.set(field.name, [...(this.secureValues.get(field.name) ?? []), field.secureValue])
    }
    const names = [...fields, ...this.secureValues.keys()]
    this.names = new FieldNames(names)
    this.isEmpty = names.length === 0
  }

  vouchedIn(fields: readonly string[], peer: Peer, path: string): Vouched | Rejection | undefined {
    if (!this.trusted.trusts(peer)) return undefined
    const claims: Claims = { ...NO_CLAIMS }
    // The lines of one field are one list (RFC 9110 §5.3): which line a word stands in must not matter.
    const lists = new Map<string, string>()
    for (let i = 0; i < fields.length; i += 2) {
      const name = this.names.find(fields[i] as string)
      if (name === undefined) continue
      const known = lists.get(name)
      const value = fields[i + 1] as string
      lists.set(name, known === undefined ? value : `${known},${value}`)
    }
    for (const [name, value] of lists) {
      const refused = this.read(name, value, claims)
      if (refused !== undefined) return refused
    }
    return placed(claims, path)
  }

  private read(name: string, value: string, claims: Claims): Rejection | undefined {
    const secure = this.secureValues.get(name)
    // Here an empty value says something, too: whatever is not the secure value means http.
    if (secure !== undefined) return readScheme(value, secure, claims)
    if (value === '') return undefined
    switch (name as ForwarderField) {
      case 'x-forwarded-for':
        return this.readFor(value, claims)
      case 'x-forwarded-host':
        return readHost(value, claims)
      case 'forwarded':
        return this.readForwarded(value, claims)
      case 'x-forwarded-prefix':
        return readTaken(value, claims)
      case 'script_name':
        return readMount(value, claims)
    }
  }

  private readFor(value: string, claims: Claims): Rejection | undefined {
    const known = this.remotes.get(value)
    if (known !== undefined) return claimRemote(claims, known)
    const isKept = value.length <= LONGEST_REMEMBERED
    // A copy: a string that was cut out of a head keeps all of it in memory.
    const own = isKept ? Buffer.from(value, 'latin1').toString('latin1') : value
    const remote = this.walk(split(own))
    if ('code' in remote) return remote
    if (isKept) {
      if (this.remotes.size === MOST_REMEMBERED) this.remotes.clear()
      this.remotes.set(own, remote)
    }
    return claimRemote(claims, remote)
  }

  /** From the right, where the nearest proxy wrote, to the first that is not trusted: whatever is left of it may be made up. */
  private walk(entries: readonly string[]): Peer | Rejection {
    for (let i = entries.length - 1; ; i--) {
      const entry = entries[i] as string
      const remote = parseForwardedFor(entry)
      if (remote === undefined) return invalid(`X-Forwarded-For names ${JSON.stringify(entry)}`)
      if (i === 0 || !this.isTrustedHop(remote)) return Object.freeze(remote)
      if (entries.length - i > MOST_HOPS) return tooManyHops()
    }
  }

  /** The same walk: each element that is reached is a trusted proxy's, and tells of the hop before it. */
  private readForwarded(value: string, claims: Claims): Rejection | undefined {
    const elements = parseForwarded(value)
    if (elements === undefined) return invalid('Forwarded breaks the grammar of RFC 7239 §4')
    const said: Claims = { ...NO_CLAIMS }
    for (let i = elements.length - 1; i >= 0; i--) {
      const { for: node, proto, host } = elements[i] as (typeof elements)[number]
      if (proto !== undefined) {
        said.scheme = schemeOf(proto)
        if (said.scheme === undefined) return invalid('proto in Forwarded is neither http nor https')
      }
      if (host !== undefined) {
        if (!isAuthority(host)) return invalid('host in Forwarded is no host')
        said.authority = host
      }
      // Who came before is not told: nothing further left is anybody's word that counts.
      if (node === undefined) break
      said.remote = parseNode(node)
      if (said.remote === undefined) return invalid(`Forwarded names ${JSON.stringify(node)}`)
      if (!this.isTrustedHop(said.remote)) break
      if (elements.length - i > MOST_HOPS) return tooManyHops()
    }
    return claimScheme(claims, said.scheme) ?? claimHost(claims, said.authority) ?? claimRemote(claims, said.remote)
  }

  private isTrustedHop(hop: Peer): boolean {
    return this.trusted.trusts(hop) && (isAddress(hop) || hop.address === '')
  }
}

function readScheme(value: string, secure: readonly string[], claims: Claims): Rejection | undefined {
  for (const one of split(value)) {
    const refused = claimScheme(claims, secure.includes(one.toLowerCase()) ? 'https' : 'http')
    if (refused !== undefined) return refused
  }
  return undefined
}

/** Every proxy in the chain may have written a copy, but they must all be the same. */
function readHost(value: string, claims: Claims): Rejection | undefined {
  for (const host of split(value)) {
    if (!isAuthority(host)) return invalid('X-Forwarded-Host is no host')
    const refused = claimHost(claims, host)
    if (refused !== undefined) return refused
  }
  return undefined
}

/**
 * What was taken off the path, the first part of it first: each of several proxies, or of several rules of one (Traefik's StripPrefix), adds
 * what it took. The path may begin so once more: what is left of it is the application's, whatever it looks like.
 */
function readTaken(value: string, claims: Claims): Rejection | undefined {
  const prefixes = split(value).map(parseMount)
  if (prefixes.includes(undefined)) return invalid('X-Forwarded-Prefix is no prefix of a path')
  claims.taken = prefixes.join('')
  return undefined
}

/** gunicorn's word for a prefix that is still in the path. As with hosts: every proxy may have written a copy. */
function readMount(value: string, claims: Claims): Rejection | undefined {
  for (const prefix of split(value)) {
    const mount = parseMount(prefix)
    if (mount === undefined) return invalid('SCRIPT_NAME is no prefix of a path')
    if (claims.mount !== undefined && claims.mount !== mount) return conflict('prefix')
    claims.mount = mount
  }
  return undefined
}

/** `*` and what CONNECT asks for stand nowhere; any other path has to be under the mount that it is said to have. */
function placed(claims: Claims, path: string): Claims | Rejection {
  const { mount, taken } = claims
  if (mount === undefined && taken === undefined) return claims
  if (!path.startsWith('/')) return { ...claims, mount: undefined, taken: undefined }
  if (mount === undefined || isUnder(path, mount)) return claims
  return invalid(`the path is not under SCRIPT_NAME, ${mount}; a proxy that takes a prefix off says X-Forwarded-Prefix`)
}

function claimScheme(claims: Claims, scheme: Claims['scheme']): Rejection | undefined {
  if (scheme === undefined) return undefined
  if (claims.scheme !== undefined && claims.scheme !== scheme) return conflict('scheme')
  claims.scheme = scheme
  return undefined
}

function claimHost(claims: Claims, host: string | undefined): Rejection | undefined {
  if (host === undefined) return undefined
  // Names of hosts have no case (RFC 9110 §4.2.3).
  if (claims.authority !== undefined && claims.authority.toLowerCase() !== host.toLowerCase()) return conflict('host')
  claims.authority ??= host
  return undefined
}

function claimRemote(claims: Claims, remote: Peer | undefined): Rejection | undefined {
  if (remote === undefined) return undefined
  const known = claims.remote
  if (known !== undefined && known.address !== remote.address) return conflict('client')
  // One of two fields may know the port.
  if (known === undefined || known.port === null) claims.remote = remote
  return undefined
}

/** WebSockets have schemes of their own, which some proxies write here. */
function schemeOf(proto: string): Claims['scheme'] {
  switch (proto.toLowerCase()) {
    case 'https':
    case 'wss':
      return 'https'
    case 'http':
    case 'ws':
      return 'http'
    default:
      return undefined
  }
}

function split(value: string): string[] {
  return value.split(',').map(one => trimmed(one, 0, one.length))
}

function invalid(detail: string): Rejection {
  return rejection('FORWARDED_INVALID', detail)
}

function conflict(what: string): Rejection {
  return rejection('FORWARDED_CONFLICT', what)
}

function tooManyHops(): Rejection {
  return invalid(`more than ${MOST_HOPS} trusted hops`)
}
