// Takes a PROXY header off the front of a connection, however the bytes are cut.
import { Buffer } from 'node:buffer'
import type { ProxyHeader, ProxyProtocol } from './proxy-header.ts'
import { parseTlvs } from './tlvs.ts'
import { LINE_START, LONGEST_LINE, parseLine } from './v1.ts'
import { addressBytes, type BlockStart, FIXED_BYTES, parseAddresses, parseBlockStart, SIGNATURE } from './v2.ts'

const LINE_START_BYTES = Buffer.from(LINE_START)
const EMPTY: Buffer = Buffer.alloc(0)
const CR = 0x0d
const LF = 0x0a

/** What a call came to: `more` input is needed, the header is `done`, or it `failed`. */
export type HeaderResult = 'more' | 'done' | 'failed'

/** Reads one header. Never takes a byte behind it. */
export class HeaderReader {
  /** What the header says, after `read` was `done`. */
  header: ProxyHeader = 'own'
  /** Whether the client reached the proxy over TLS, as far as the header says so. */
  isSecure = false
  /** Why, after `read` `failed`: completes "invalid PROXY header: …". */
  failure = ''
  /** How many bytes of its input the last call used. */
  consumed = 0

  private readonly protocol: ProxyProtocol
  /** Decided by the first byte. */
  private version: 1 | 2 | undefined
  /** What has come of a line, or of a block before its addresses. */
  private readonly kept = Buffer.alloc(LONGEST_LINE)
  /** Bytes that have come in all. */
  private length = 0
  private start: BlockStart | undefined
  /** What has come of a block behind that. */
  private rest = EMPTY

  constructor(protocol: ProxyProtocol) {
    this.protocol = protocol
  }

  /** Whether some of a header has come. */
  get hasBegun(): boolean {
    return this.length > 0
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
    const missing = FIXED_BYTES + start.rest - this.length
    const taken = input.subarray(this.consumed, this.consumed + missing)
    this.rest.set(taken, this.length - FIXED_BYTES)
    this.length += taken.length
    this.consumed += taken.length
    return taken.length < missing ? 'more' : this.readRest(start)
  }

  private readRest({ family }: BlockStart): HeaderResult {
    if (family !== undefined) {
      const details = parseTlvs(this.rest.subarray(addressBytes(family)))
      if (typeof details === 'string') return this.fail(details)
      this.isSecure = details.isSecure
    }
    return this.finish(parseAddresses(family, this.rest))
  }

  /** Byte by byte: what is no header is refused at its first wrong byte. */
  private readBlockStart(input: Uint8Array): HeaderResult {
    for (const byte of input) {
      const at = this.length
      if (at < SIGNATURE.length && byte !== SIGNATURE[at]) return this.fail('no PROXY header')
      this.kept[at] = byte
      this.length++
      this.consumed++
      if (this.length === FIXED_BYTES) {
        const start = parseBlockStart(this.kept)
        if (typeof start === 'string') return this.fail(start)
        this.start = start
        this.rest = Buffer.alloc(start.rest)
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
