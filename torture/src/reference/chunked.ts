// A chunked body (RFC 9112 §7.1).

import { type Cursor, Refused } from './cursor.ts'
import { readFields } from './fields.ts'

const TOKEN = "[!#$%&'*+\\-.^_`|~\\w]+"
const QUOTED = '"(?:[\\t !#-\\[\\]-\\xff]|\\\\[\\t -\\xff])*"'
/** An empty name or value, or a quoted string right behind a token, is none by the grammar. llhttp takes it, and nothing follows from an extension. */
const EXTENSION = `[ \\t]*;[ \\t]*(?:${TOKEN})?(?:[ \\t]*=[ \\t]*(?:${TOKEN})?(?:${QUOTED})?)?`
const SIZE_LINE = new RegExp(`([0-9a-fA-F]+)(?:${EXTENSION})*\\r\\n`, 'y')

/** Reads a chunked body with its trailers, handing on the data of each chunk as far as it is there. */
export function readChunked(cursor: Cursor, onData: (data: string) => void): void {
  for (;;) {
    SIZE_LINE.lastIndex = cursor.at
    const line = SIZE_LINE.exec(cursor.stream)
    if (line === null) throw new Refused('chunk size')
    cursor.at += line[0].length
    // Beyond what a double can count there is no such body, and here it breaks off like any that is too short.
    const size = Number.parseInt(line[1] as string, 16)
    if (size === 0) break
    const data = cursor.stream.slice(cursor.at, cursor.at + size)
    onData(data)
    cursor.at += data.length
    if (data.length < size) throw new Refused('chunk broke off')
    if (!cursor.stream.startsWith('\r\n', cursor.at)) throw new Refused('chunk end')
    cursor.at += 2
  }
  readFields(cursor)
}
