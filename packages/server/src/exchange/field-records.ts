// Field lines as the interface gives them: the flat array as received, and the record of joined values.
import type { RequestHeaders } from '@nsgi/spec'
import { isTrailerName } from '@nsgi/spec/fields'

/**
 * Cuts the field lines of `text` from offset `from` into a flat array of names and values (NSGI REQ-22),
 * values without the white space around them (RFC 9112 §5). The text has passed the parser: every line
 * ends in CRLF, has a colon, and is not folded; an empty line ends it.
 */
export function cutFields(text: string, from: number): string[] {
  const fields: string[] = []
  const last = text.length - 2
  for (let at = from; at < last; ) {
    const colon = text.indexOf(':', at)
    const end = text.indexOf('\r\n', colon)
    fields.push(text.slice(at, colon), trimmed(text, colon + 1, end))
    at = end + 2
  }
  return fields
}

/** `text[start, end)` without spaces and tabs at its ends. */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** Whether a character is optional white space (RFC 9110 §5.6.3). */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/**
 * The record of a flat field array: lower-case names on a null prototype, duplicates joined in order by
 * `, `, `cookie` by `; ` (NSGI REQ-19, REQ-20; RFC 9110 §5.2, RFC 9113 §8.2.3).
 */
export function toRecord(fields: readonly string[]): RequestHeaders {
  const record: Record<string, string> = Object.create(null) as Record<string, string>
  for (let i = 0; i < fields.length; i += 2) {
    const name = (fields[i] as string).toLowerCase()
    const value = fields[i + 1] as string
    const known = record[name]
    record[name] = known === undefined ? value : known + (name === 'cookie' ? '; ' : ', ') + value
  }
  return record
}

/** The record of received trailers: like that of headers, without the fields that have no business there. */
export function toTrailerRecord(fields: readonly string[]): RequestHeaders {
  const allowed: string[] = []
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const value = fields[i + 1] as string
    if (isTrailerName(name.toLowerCase())) allowed.push(name, trimmed(value, 0, value.length))
  }
  return toRecord(allowed)
}

/** The trailers of a message without any (NSGI BOD-10). */
export const NO_TRAILERS: RequestHeaders = Object.freeze(Object.create(null) as Record<string, string>)
