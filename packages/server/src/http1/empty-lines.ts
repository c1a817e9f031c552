// The empty lines before a request line, of which RFC 9112 §2.2 has a server ignore at least one. llhttp would ignore any
// number of them, and bare LFs.
import { LEADING_EMPTY_LINES } from '../exchange/limits.ts'
import { type Rejection, rejection } from '../exchange/rejections.ts'

const CR = 0x0d
const LF = 0x0a

/** What stands before the next request of a connection, wherever it is cut. */
export class EmptyLines {
  private bytes = 0

  /** The offset of the first byte of a request in `input[start, end)`; `end` if there is none; or why it is refused. */
  skip(input: Buffer, start: number, end: number): number | Rejection {
    let at = start
    while (at < end) {
      const byte = input[at]
      const expected = this.bytes % 2 === 0 ? CR : LF
      if (byte !== expected) {
        if (expected === LF || byte === LF) return rejection('MALFORMED', 'bare CR or LF before a request')
        this.bytes = 0
        return at
      }
      at++
      if (++this.bytes > 2 * LEADING_EMPTY_LINES) return rejection('MALFORMED', 'empty lines before a request')
    }
    return end
  }
}
