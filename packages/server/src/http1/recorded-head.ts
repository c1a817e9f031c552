// What the parser recorded of a head, and what can be read off it without a look at the text.
import { isBlank } from '../exchange/field-records.ts'

/** What the parser recorded of a head: offsets into its text, and the bytes that this was made of. */
export interface RecordedHead {
  /**
   * Where its bytes are, from `base` on, with `VIEW_MARGIN` more behind them. They are looked at here, four at once where that can be, and not characters of the
   * text: what kind of string that is has to be found out at each of them, which is ten times the instructions and the code.
   */
  readonly view: DataView
  readonly base: number
  readonly urlStart: number
  readonly urlEnd: number
  /** What the version and the Connection field say (RFC 9112 §9.3). */
  readonly keepAlive: boolean
  /** Whether it is CONNECT, or has an Upgrade field that its Connection field names (RFC 9110 §7.8). */
  readonly switching: boolean
  /** Four offsets a field: name start, name end, value start, value end; valid up to `spanEnd`. */
  readonly spans: Int32Array
  readonly spanEnd: number
  /** Whether bytes and offsets still are those of this head: the parser uses the memory of both again for what it parses next. */
  isCurrent: boolean
  /**
   * Whether the application gets what `node:http` gives it: any Host or none, any target, any expectation, fields that
   * come twice, an upgrade on HTTP/1.0 or before a body, a request of HTTP/0.9 or 2.0 or without a version. What frames the message is held to the rules in any case.
   */
  readonly framingOnly?: boolean
}

/** Bytes behind a head that may be looked at with the last of it. */
const VIEW_MARGIN = 16

/** A view of the bytes of a head, for one that stands nowhere as a whole. */
export function viewOf(text: string): DataView {
  const bytes = Buffer.alloc(text.length + VIEW_MARGIN)
  bytes.write(text, 'latin1')
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** The value of the field whose offsets stand at `i`, without blanks around it. */
export function valueAt(text: string, { view, base, spans }: RecordedHead, i: number): string {
  let start = spans[i + 2] as number
  let end = spans[i + 3] as number
  while (start < end && isBlank(view.getUint8(base + start))) start++
  while (end > start && isBlank(view.getUint8(base + end - 1))) end--
  return text.slice(start, end)
}

/** All fields, name and value in turn: as `cutFields` finds them in the text, while the record is current. */
export function recordedFields(text: string, recorded: RecordedHead): string[] {
  const { spans, spanEnd } = recorded
  const fields: string[] = []
  for (let i = 0; i < spanEnd; i += 4) fields.push(text.slice(spans[i], spans[i + 1]), valueAt(text, recorded, i))
  return fields
}
