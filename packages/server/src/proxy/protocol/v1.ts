// Version 1 of the PROXY protocol: a line of text (§2.1 of its specification).
import { isAddressText } from './addresses.ts'
import type { ProxyHeader } from './proxy-header.ts'

/** Bytes of the longest line with its CRLF (§2.1): two IPv6 addresses in full, behind `UNKNOWN`. */
export const LONGEST_LINE: number = 107

/** What every line begins with. */
export const LINE_START: string = 'PROXY '

/** No leading zeros (§2.1), which might be read as octal. */
const PORT = /^(?:0|[1-9]\d{0,4})$/

/**
 * Reads a line, without its CRLF.
 *
 * @returns what it says, or `undefined` where the syntax is broken
 */
export function parseLine(line: string): ProxyHeader | undefined {
  const parts = line.split(' ')
  if (parts[0] !== 'PROXY') return undefined
  // Whatever follows has no meaning.
  if (parts[1] === 'UNKNOWN') return 'own'
  const version = parts[1] === 'TCP4' ? '4' : parts[1] === 'TCP6' ? '6' : undefined
  if (version === undefined || parts.length !== 6) return undefined
  const [source = '', destination = '', sourcePort = '', destinationPort = ''] = parts.slice(2)
  if (!isAddressText(source, version) || !isAddressText(destination, version)) return undefined
  if (!isPort(sourcePort) || !isPort(destinationPort)) return undefined
  return {
    source: { address: source, port: Number(sourcePort) },
    destination: { address: destination, port: Number(destinationPort) },
  }
}

function isPort(text: string): boolean {
  return PORT.test(text) && Number(text) <= 65_535
}
