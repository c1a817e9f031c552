// Takes a PROXY header off the front of a connection, however the bytes are cut.
import { Buffer } from 'node:buffer'
import type { ProxyHeader, ProxyProtocol } from './proxy-header.ts'
import { LINE_START, LONGEST_LINE, parseLine } from './v1.ts'
import {
  addressBytes,
  type BlockStart,
  FIXED_BYTES,
  LONGEST_ADDRESSES,
  parseAddresses,
  parseBlockStart,
  SIGNATURE,
} from './v2.ts'

const LINE_START_BYTES = Buffer.from(LINE_START)
const CR = 0x0d
const LF = 0x0a

/** What a call came to: `more` input is needed, the header is `done`, or it `failed`. */
export type HeaderResult = 'more' | 'done' | 'failed'

/** Reads one header. Never takes a byte behind it. */
export class HeaderReader {
  /** What the header says, after `read` was `done`. */
  header: ProxyHeader = 'own'
  /** Why, after `read` `failed`: completes "invalid PROXY header: …". */
  failure = ''
  /** How many bytes of its input the last call used. */
  consumed = 0

  private readonly protocol: ProxyProtocol
  /** Decided by the first byte. */
  private version: 1 | 2 | undefined
  /** What is kept of the header: all but the TLVs. */
  private readonly kept = Buffer.alloc(FIXED_BYTES + LONGEST_ADDRESSES)
  private length = 0
  private start: BlockStart | undefined
  /** Bytes of a block that have come, of which those behind the addresses are not kept. */
  private seen = 0

  constructor(protocol: ProxyProtocol) {
    this.protocol = protocol
  }

  /** Whether some of a header has come. */
  get hasBegun(): boolean {
    return this.seen + this.length > 0
  }

  /** Reads on in `input`. */
  read(input: Uint8Array): HeaderResult {
    this.consumed = 0
    if (input.length === 0) return 'more'
    this.version ??= input[0] === CR ? 2 : 1
    if (this.protocol !== 'auto' && this.protocol !== `v${this.version}`) {
      return this.fail(`expected version ${this.protocol.slice(1)}`)
    }
    return this.version === 1 ? this.readLine(input) : this.readBlock(input)
  }

  private readLine(input: Uint8Array): HeaderResult {
    for (const byte of input) {
      const at = this.length
      if (at < LINE_START_BYTES.length && byte !== LINE_START_BYTES[at]) return this.fail('no PROXY header')
      const afterCr = at > 0 && this.kept[at - 1] === CR
      // A lone CR or LF is no end of line to one reader and one to another.
      if (afterCr !== (byte === LF)) return this.fail('bare CR or LF')
      this.kept[at] = byte
      this.length++
      this.consumed++
      if (afterCr) return this.finish(parseLine(this.kept.toString('latin1', 0, at - 1)))
      if (this.length === LONGEST_LINE) return this.fail(`no end of line within ${LONGEST_LINE} bytes`)
    }
    return 'more'
  }

  private readBlock(input: Uint8Array): HeaderResult {
    if (this.start === undefined) {
      const result = this.readBlockStart(input)
      if (result !== 'done') return result
    }
    const start = this.start as BlockStart
    const taken = Math.min(input.length - this.consumed, FIXED_BYTES + start.rest - this.seen)
    const wanted = FIXED_BYTES + addressBytes(start.family) - this.length
    const kept = input.subarray(this.consumed, this.consumed + Math.min(taken, wanted))
    this.kept.set(kept, this.length)
    this.length += kept.length
    this.consumed += taken
    this.seen += taken
    if (this.seen < FIXED_BYTES + start.rest) return 'more'
    return this.finish(parseAddresses(start.family, this.kept.subarray(FIXED_BYTES, this.length)))
  }

  /** Byte by byte: what is no header is refused at its first wrong byte. */
  private readBlockStart(input: Uint8Array): HeaderResult {
    for (const byte of input) {
      const at = this.length
      if (at < SIGNATURE.length && byte !== SIGNATURE[at]) return this.fail('no PROXY header')
      this.kept[at] = byte
      this.length++
      this.consumed++
      this.seen++
      if (this.length === FIXED_BYTES) {
        const start = parseBlockStart(this.kept)
        if (typeof start === 'string') return this.fail(start)
        this.start = start
        return 'done'
      }
    }
    return 'more'
  }

  private finish(header: ProxyHeader | undefined): HeaderResult {
    if (header === undefined) return this.fail('malformed line')
    this.header = header
    return 'done'
  }

  private fail(reason: string): HeaderResult {
    this.failure = reason
    return 'failed'
  }
}
