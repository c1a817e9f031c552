// IP addresses in the PROXY protocol, as text and as bytes.
import { isIPv4, isIPv6, SocketAddress } from 'node:net'

/** Whether `text` is an address of that version as the PROXY protocol writes it: no zone, no brackets. */
export function isAddressText(text: string, version: '4' | '6'): boolean {
  return version === '4' ? isIPv4(text) : isIPv6(text) && !text.includes('%')
}

/** Four bytes as text. */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 4).join('.')
}

/** Sixteen bytes as text, in the shortest form (RFC 5952), as sockets give it. */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups: string[] = []
  for (let i = at; i < at + 16; i += 2)
    groups.push((((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16))
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address
}
