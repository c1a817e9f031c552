// Version 2 of the PROXY protocol: a block of bytes (§2.2 of its specification).
import { Buffer } from 'node:buffer'
import type { Peer } from '../trusted-peers.ts'
import { ipv4Text, ipv6Text } from './addresses.ts'
import type { ProxyHeader } from './proxy-header.ts'

/** What every block begins with; no HTTP request and no TLS handshake does. */
export const SIGNATURE: Uint8Array = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')

/** Bytes before the addresses: the signature, version and command, family and transport, the length of the rest. */
export const FIXED_BYTES: number = 16

/** Bytes of the longest addresses: two paths of UNIX sockets. */
const LONGEST_ADDRESSES = 216

/**
 * Bytes of addresses and TLVs. Their length field could say 65,535; proxies send some hundred, with a client's certificate
 * (PP2_SUBTYPE_SSL_CLIENT_CERT) some thousand.
 */
export const LONGEST_REST: number = 16 * 1024

/** Bytes of one path of a UNIX socket. */
const PATH_BYTES = 108

/** Address families by the high half of the fourteenth byte: what they are, and how many bytes their addresses have. */
const FAMILIES = [
  { name: 'unspecified', bytes: 0 },
  { name: 'ipv4', bytes: 12 },
  { name: 'ipv6', bytes: 36 },
  { name: 'unix', bytes: LONGEST_ADDRESSES },
] as const

/** What the fixed part says. */
export interface BlockStart {
  /** Bytes that follow: addresses and TLVs. */
  readonly rest: number
  /** `undefined` where what follows has no meaning: the proxy speaks for itself, or of addresses of no known form. */
  readonly family: 'ipv4' | 'ipv6' | 'unix' | undefined
}

/**
 * Reads the fixed part; the signature has been checked.
 *
 * @returns what it says, or why it is refused
 */
export function parseBlockStart(bytes: Uint8Array): BlockStart | string {
  const [versionAndCommand, familyAndTransport, high, low] = bytes.subarray(
    SIGNATURE.length,
    FIXED_BYTES,
  ) as unknown as [number, number, number, number]
  const rest = (high << 8) | low
  if (versionAndCommand >> 4 !== 2) return 'unknown version'
  const command = versionAndCommand & 0xf
  if (command > 1) return 'unknown command'
  if (rest > LONGEST_REST) return `more than ${LONGEST_REST} bytes`
  // LOCAL: the family is to be ignored, the block skipped (§2.2).
  if (command === 0) return { rest, family: undefined }
  const family = FAMILIES[familyAndTransport >> 4]
  // Stream or datagram makes no difference to an address: a proxy may have been reached by QUIC.
  if (family === undefined || (familyAndTransport & 0xf) > 2) return 'unknown address family or transport'
  if (rest < family.bytes) return 'too short for its addresses'
  return { rest, family: family.name === 'unspecified' ? undefined : family.name }
}

/** Reads the addresses of that family. A UNIX socket's is `unix:` and its path, which no peer of our own has. */
export function parseAddresses(family: BlockStart['family'], bytes: Uint8Array): ProxyHeader {
  switch (family) {
    case undefined:
      return 'own'
    case 'ipv4':
      return {
        source: { address: ipv4Text(bytes, 0), port: portAt(bytes, 8) },
        destination: { address: ipv4Text(bytes, 4), port: portAt(bytes, 10) },
      }
    case 'ipv6':
      return {
        source: { address: ipv6Text(bytes, 0), port: portAt(bytes, 32) },
        destination: { address: ipv6Text(bytes, 16), port: portAt(bytes, 34) },
      }
    case 'unix':
      return { source: unixPeer(bytes.subarray(0, PATH_BYTES)), destination: unixPeer(bytes.subarray(PATH_BYTES)) }
  }
}

/** How many bytes of addresses that family has. */
export function addressBytes(family: BlockStart['family']): number {
  return FAMILIES.find(({ name }) => name === family)?.bytes ?? 0
}

function portAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

function unixPeer(bytes: Uint8Array): Peer {
  const nul = bytes.indexOf(0)
  const path = Buffer.from(nul === -1 ? bytes : bytes.subarray(0, nul)).toString('latin1')
  return { address: `unix:${path}`, port: null }
}
