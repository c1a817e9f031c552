// What a header of version 2 says behind its addresses: types, lengths and values (§2.2.1 of its specification).

/** Bytes of a type and a length. */
const TLV_START = 3

/** PP2_TYPE_SSL: how the client reached the proxy. It holds TLVs of its own. */
const TYPE_SSL = 0x20

/** Bytes in front of those: a byte of flags, and whether the client's certificate was verified. */
const SSL_START = 5

/** The flag PP2_CLIENT_SSL: the client came over TLS. */
const CLIENT_SSL = 0x01

/** What is used of the TLVs. */
export interface ProxiedDetails {
  /** Whether the client reached the proxy over TLS. */
  readonly isSecure: boolean
}

interface Tlv {
  readonly type: number
  readonly value: Uint8Array
}

/**
 * Reads all TLVs of a header. Types that are not used are passed over, but must be whole: what a proxy garbles it may have garbled
 * elsewhere, too.
 *
 * @returns what they say, or why the header is refused
 */
export function parseTlvs(bytes: Uint8Array): ProxiedDetails | string {
  const tlvs = split(bytes)
  if (tlvs === undefined) return 'a TLV breaks off'
  const ssl = tlvs.filter(({ type }) => type === TYPE_SSL)
  const [first] = ssl
  if (first === undefined) return { isSecure: false }
  if (ssl.length > 1) return 'PP2_TYPE_SSL comes twice'
  const { value } = first
  if (value.length < SSL_START || split(value.subarray(SSL_START)) === undefined) return 'PP2_TYPE_SSL breaks off'
  return { isSecure: ((value[0] as number) & CLIENT_SSL) !== 0 }
}

function split(bytes: Uint8Array): readonly Tlv[] | undefined {
  const tlvs: Tlv[] = []
  let at = 0
  while (at < bytes.length) {
    const [type, high, low] = bytes.subarray(at, at + TLV_START) as unknown as [number, number?, number?]
    if (high === undefined || low === undefined) return undefined
    const start = at + TLV_START
    at = start + ((high << 8) | low)
    if (at > bytes.length) return undefined
    tlvs.push({ type, value: bytes.subarray(start, at) })
  }
  return tlvs
}
