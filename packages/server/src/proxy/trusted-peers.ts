// Whom the operator trusts to speak for others. `node:net` is imported for its address arithmetic, not for sockets.
import { BlockList, SocketAddress } from 'node:net'

/** One end of a connection; `port` is `null` on a UNIX socket, whose peers have `""` for an address. */
export interface Peer {
  readonly address: string
  readonly port: number | null
}

/** Everything that is IPv4, also where it is written as IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2). */
const ANY_IPV4 = new BlockList()
ANY_IPV4.addSubnet('0.0.0.0', 0, 'ipv4')

/** Bits of the prefix before an IPv4 address that is written as IPv6. */
const MAPPED_PREFIX = 96

/**
 * What kind of address that is, if it is one. By libuv's reading (inet_pton), not by node's `isIP`: the regular expression behind that for
 * IPv6 takes some milliseconds to compile, in every worker that starts.
 */
function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  const family = text.includes(':') ? 'ipv6' : 'ipv4'
  try {
    return new SocketAddress({ address: text, family }).family
  } catch {
    return undefined
  }
}

/** Reads `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`; `undefined` for anything else, a zone included. */
function parseNetwork(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [, address = '', digits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = familyOf(address)
  if (family === undefined) return undefined
  const bits = family === 'ipv4' ? 32 : 128
  const prefix = digits === undefined ? bits : Number(digits)
  if (prefix > bits) return undefined
  if (family === 'ipv4' || prefix < MAPPED_PREFIX || !ANY_IPV4.check(address, family))
    return { address, prefix, family }
  const dotted = /[\d.]+$/.exec(address)?.[0] ?? ''
  // Written in hexadecimal it is nobody's habit, and no ground to guess.
  return familyOf(dotted) === 'ipv4' ? { address: dotted, prefix: prefix - MAPPED_PREFIX, family: 'ipv4' } : undefined
}

/** Whether `text` is `*`, an address, or a network in CIDR notation. */
export function isTrustEntry(text: string): boolean {
  return text === '*' || parseNetwork(text) !== undefined
}

/**
 * A set of peers. IPv4 and IPv6 are kept apart: `::/0` is no IPv4 address, and an IPv4 client of a socket for both is
 * known by its IPv4 address.
 */
export class TrustedPeers {
  /** Whether nobody is trusted at all. */
  readonly isEmpty: boolean
  private readonly everybody: boolean
  private readonly ipv4 = new BlockList()
  private readonly ipv6 = new BlockList()
  /** Connections of one proxy come one after the other: the last verdict is kept, a look-up costs some 2 µs. */
  private lastAddress = ''
  private lastVerdict = false

  /**
   * @param entries as {@link isTrustEntry} accepts them
   * @throws RangeError for another entry
   */
  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0
    this.everybody = entries.includes('*')
    for (const entry of entries) {
      if (entry === '*') continue
      const network = parseNetwork(entry)
      if (network === undefined) throw new RangeError(`no address and no network: ${entry}`)
      this[network.family].addSubnet(network.address, network.prefix, network.family)
    }
  }

  /**
   * Whether that peer of a connection is trusted. One on a UNIX socket is, unless nobody is: whoever may connect to it was
   * let in by the file's permissions (gunicorn's rule).
   */
  trusts({ address, port }: Peer): boolean {
    return address === '' && port === null ? !this.isEmpty : this.trustsAddress(address)
  }

  /** Whether that IP address is trusted; what is none is not, unless everybody is. */
  trustsAddress(address: string): boolean {
    if (this.everybody) return true
    if (address !== this.lastAddress) {
      this.lastVerdict = this.lookUp(address)
      this.lastAddress = address
    }
    return this.lastVerdict
  }

  private lookUp(text: string): boolean {
    // A link-local address comes with the name of the interface behind it.
    const zone = text.indexOf('%')
    const address = zone === -1 ? text : text.slice(0, zone)
    const family = familyOf(address)
    if (family !== 'ipv6') return family === 'ipv4' && this.ipv4.check(address, family)
    return ANY_IPV4.check(address, 'ipv6') ? this.ipv4.check(address, 'ipv6') : this.ipv6.check(address, 'ipv6')
  }
}
