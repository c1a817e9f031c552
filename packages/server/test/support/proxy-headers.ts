// PROXY headers as proxies write them.

export const V2_SIGNATURE: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** A block of version 2: `command` is the byte of version and command, `family` that of family and transport. */
export function v2Header(
  rest: Uint8Array,
  { command = 0x21, family = 0x11 }: { command?: number; family?: number } = {},
): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(rest.length)
  return Buffer.concat([V2_SIGNATURE, Uint8Array.of(command, family), length, rest])
}

/** 203.0.113.9:47011 to 192.0.2.2:443, with whatever TLVs. */
export function v2Ipv4(tlvs: Uint8Array = new Uint8Array()): Buffer {
  return v2Header(Buffer.concat([Buffer.from('cb007109c0000202b7a301bb', 'hex'), tlvs]))
}

/** The same as a line of version 1. */
export const V1_LINE = 'PROXY TCP4 203.0.113.9 192.0.2.2 47011 443\r\n'

/** A TLV: its type, and its value. */
export function tlv(type: number, value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as string, 'latin1')
  return Buffer.concat([Buffer.of(type, bytes.length >> 8, bytes.length & 0xff), bytes])
}

/** PP2_TYPE_SSL: its flags, and whether a certificate was verified (0) or not. */
export function sslTlv(flags: number, subTlvs: readonly Uint8Array[] = [], verify = 1): Buffer {
  return tlv(0x20, Buffer.concat([Buffer.of(flags, 0, 0, 0, verify), ...subTlvs]))
}
