// Field lines (RFC 9112 §5), of a head and of trailers.
import { type Cursor, Refused } from './cursor.ts'

export interface Field {
  readonly name: string
  /** Without the white space around it. */
  readonly value: string
}

// A line of its own in each case: what does not match is a fold, a bare CR or LF, a control, a space before the colon.
const FIELD_LINE = /([!#$%&'*+\-.^_`|~\w]+):[ \t]*((?:[!-~\x80-\xff](?:[ \t]*[!-~\x80-\xff])*)?)[ \t]*\r\n/y

/** Reads field lines up to and with the empty line that ends them. */
export function readFields(cursor: Cursor): Field[] {
  const fields: Field[] = []
  while (!cursor.stream.startsWith('\r\n', cursor.at)) {
    FIELD_LINE.lastIndex = cursor.at
    const line = FIELD_LINE.exec(cursor.stream)
    if (line === null) throw new Refused('field line')
    const [whole, name = '', value = ''] = line
    fields.push({ name, value })
    cursor.at += whole.length
  }
  cursor.at += 2
  return fields
}
