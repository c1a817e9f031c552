// Header and trailer fields: from what a test writes to what a server hands on.
import type { RequestHeaders } from '../request.ts'

/** Fields as a test gives them: a record (an array makes one line each) or pairs of name and value (a `Headers` too). */
export type FieldsInit =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | Iterable<readonly [string, string]>

/** RFC 9110 §5.6.2. */
export const TOKEN: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Bytes as latin1 without CR, LF and NUL, which would end or cut the line (RFC 9110 §5.5, RES-07). */
export const FIELD_VALUE: RegExp = /^[^\0\r\n\u0100-\uFFFF]*$/

/**
 * The flat array `name, value, name, value…` of the fields, values trimmed (REQ-21), names as written.
 *
 * @throws TypeError for what is no field name or value.
 */
export function rawFieldsOf(fields: FieldsInit): string[] {
  const raw: string[] = []
  for (const [name, value] of isPairs(fields) ? fields : Object.entries(fields)) {
    if (value === undefined) continue
    for (const line of Array.isArray(value) ? value : [value]) raw.push(name, trim(name, line))
  }
  checkRawFields(raw)
  return raw
}

/** @throws TypeError unless `raw` is a flat array of names and values that a server could have received. */
export function checkRawFields(raw: readonly unknown[]): asserts raw is readonly string[] {
  if (raw.length % 2 !== 0) throw new TypeError('rawHeaders: a name at the end has no value')
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]
    const value = raw[index + 1]
    if (typeof name !== 'string' || !TOKEN.test(name)) {
      throw new TypeError(`${JSON.stringify(name)} is not a field name (a token, RFC 9110 §5.1)`)
    }
    if (typeof value !== 'string' || !FIELD_VALUE.test(value)) {
      throw new TypeError(
        `${JSON.stringify(value)} is not a value of the field ${name}: it must be a string of latin1 characters without CR, LF and NUL`,
      )
    }
  }
}

/** Lower-case names, duplicates joined in order (REQ-19, REQ-20; `cookie`: RFC 6265 §5.4, RFC 9113 §8.2.3). */
export function joinFields(raw: readonly string[]): RequestHeaders {
  // Without a prototype a field named `constructor` or `__proto__` is a field like others.
  const record = Object.create(null) as Record<string, string>
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    const value = raw[index + 1] as string
    const before = record[name]
    record[name] = before === undefined ? value : before + (name === 'cookie' ? '; ' : ', ') + value
  }
  return Object.freeze(record)
}

/** Whether a field of that name is among them. */
export function hasField(raw: readonly string[], name: string): boolean {
  return raw.some((entry, index) => index % 2 === 0 && entry.toLowerCase() === name)
}

function isPairs(fields: FieldsInit): fields is Iterable<readonly [string, string]> {
  return Symbol.iterator in fields
}

function trim(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new TypeError(`the value of the field ${name} must be a string, not ${typeof value}`)
  }
  return value.replaceAll(/^[\t ]+|[\t ]+$/g, '')
}
