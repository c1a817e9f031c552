// Frames of HTTP/2 (RFC 9113 §4.1) and fields (RFC 7541), written by hand: for what no client would ever send.

/** Types of frames (RFC 9113 §6). */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const

export const END_STREAM = 1
export const ACK = 1
export const END_HEADERS = 4
export const PADDED = 8
export const WITH_PRIORITY = 32

/** Settings (RFC 9113 §6.5.2). */
export const SETTING = { tableSize: 1, push: 2, streams: 3, window: 4, frameSize: 5, listSize: 6 } as const

export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** What stands in front of a payload. */
export interface FrameHead {
  readonly type: number
  readonly flags?: number
  readonly stream?: number
  /** What the frame says of its length, where that is not true. */
  readonly length?: number
}

/** A field: its name and value. */
export type Field = readonly [name: string, value: string]

/** A frame. */
export function frame({ type, flags = 0, stream = 0, length }: FrameHead, payload: Uint8Array = EMPTY): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(length ?? payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const EMPTY = Buffer.alloc(0)

/** Four bytes. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

/** A SETTINGS frame. */
export function settings(...pairs: readonly (readonly [setting: number, value: number])[]): Buffer {
  const payload = pairs.map(([setting, value]) => Buffer.concat([Buffer.from([0, setting]), word(value)]))
  return frame({ type: TYPE.settings }, Buffer.concat(payload))
}

/** A WINDOW_UPDATE frame; stream 0 is the connection. */
export function windowUpdate(stream: number, increment: number): Buffer {
  return frame({ type: TYPE.window, stream }, word(increment))
}

/** A RST_STREAM frame. */
export function reset(stream: number, code = 8): Buffer {
  return frame({ type: TYPE.reset, stream }, word(code))
}

/** Fields as literals without indexing and without Huffman coding (RFC 7541 §6.2.2). */
export function literals(fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]))
}

/** A field that goes into the table, as its newest entry (RFC 7541 §6.2.1). */
export function indexed([name, value]: Field): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([prefixed(bytes.length), bytes])
}

/** An integer with a prefix of seven bits (RFC 7541 §5.1). */
function prefixed(value: number): Buffer {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

/** The fields of a request. */
export function requestFields(method: string, path: string, more: readonly Field[] = []): readonly Field[] {
  return [[':method', method], [':scheme', 'https'], [':path', path], [':authority', 'soak'], ...more]
}

/** A HEADERS frame that holds a whole head. */
export function headers(stream: number, fields: readonly Field[], flags: number = END_STREAM): Buffer {
  return frame({ type: TYPE.headers, flags: flags | END_HEADERS, stream }, literals(fields))
}

/** A GET. */
export function get(stream: number, path: string): Buffer {
  return headers(stream, requestFields('GET', path))
}
