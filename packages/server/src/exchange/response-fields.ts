// What a response's header fields must be: names checked once each, values each time.
import { KirinError } from './errors.ts'

/**
 * What the server does with a field of that name. `plain`: as it is. `length`, `date`, `connection`: the
 * server has a say in it. `dropped`: hop-by-hop, the server's alone (RFC 9110 §7.6.1, NSGI RES-21).
 */
export type FieldKind = 'plain' | 'length' | 'date' | 'connection' | 'dropped'

const LOWER_CASE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
// Bytes as latin1, and none that could end the line (NSGI RES-07, RFC 9110 §5.5).
const FORBIDDEN_IN_VALUE = /[\0\r\n]|[^\0-\xff]/

/** Names that were found to be lower-case tokens. Applications use few; a flood of made-up ones must not grow it. */
const known = new Map<string, FieldKind>([
  ['content-length', 'length'],
  ['date', 'date'],
  ['connection', 'connection'],
  ['keep-alive', 'dropped'],
  ['proxy-connection', 'dropped'],
  ['te', 'dropped'],
  ['transfer-encoding', 'dropped'],
  ['upgrade', 'dropped'],
])
const KNOWN_NAMES_LIMIT = 1024

/** What to do with a field of that name. Throws `KIRIN_INVALID_RESPONSE` (NSGI RES-06) if it is no lower-case token. */
export function fieldKind(name: string): FieldKind {
  const kind = known.get(name)
  if (kind !== undefined) return kind
  if (!LOWER_CASE_TOKEN.test(name)) {
    throw invalid('RES-06', `header name ${JSON.stringify(name)} is not a lower-case token`)
  }
  if (known.size < KNOWN_NAMES_LIMIT) known.set(name, 'plain')
  return 'plain'
}

/** The line or lines of one field, an array giving one line each (NSGI RES-07, RES-09). */
export function fieldLines(name: string, value: unknown): string {
  if (typeof value === 'string') {
    if (FORBIDDEN_IN_VALUE.test(value)) throw badValue(name)
    return `${name}: ${value}\r\n`
  }
  if (!Array.isArray(value)) {
    throw invalid(
      'RES-07',
      `value of ${JSON.stringify(name)} is ${describe(value)}, not a string or an array of strings`,
    )
  }
  let lines = ''
  for (const one of value as unknown[]) {
    if (typeof one !== 'string')
      throw invalid('RES-07', `a value of ${JSON.stringify(name)} is ${describe(one)}, not a string`)
    if (FORBIDDEN_IN_VALUE.test(one)) throw badValue(name)
    lines += `${name}: ${one}\r\n`
  }
  return lines
}

/**
 * Whether there are any fields. Throws for what is no plain record of names to values: a Map, an array, the promise of an `async trailers()`.
 *
 * @param what of a response: `headers`, and the requirement that it breaks
 */
export function hasFields(fields: unknown, what: string, requirement: string): boolean {
  if (fields === undefined || fields === null) return false
  const { entries, then } = fields as { readonly entries?: unknown; readonly then?: unknown }
  const isPlain = typeof fields === 'object' && !Array.isArray(fields)
  if (isPlain && typeof entries !== 'function' && typeof then !== 'function') return true
  throw invalid(requirement, `${what} is not a plain record of names to values`)
}

/** The error for a response that breaks `requirement`. */
export function invalid(requirement: string, what: string): KirinError {
  return new KirinError('KIRIN_INVALID_RESPONSE', {
    message: `the application returned an invalid response: ${what} (${requirement})`,
    requirement,
  })
}

/** What a value is, for a message: `null`, `an array`, `a number`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  const type = typeof value
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}

function badValue(name: string): KirinError {
  return invalid('RES-07', `value of ${JSON.stringify(name)} holds CR, LF, NUL or a character above 0xFF`)
}
