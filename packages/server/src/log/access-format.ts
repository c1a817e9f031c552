// The access log's text format, with gunicorn's atoms: compiled once, then one function call for each piece of a line.
import type { ExchangeRecord } from '../transport/gateway-server.ts'

/** Writes one piece of a line. */
type Piece = (record: ExchangeRecord) => string

/** A percent sign, an atom, an atom that takes a header's name, or a percent sign that means nothing. */
const DIRECTIVE = /%(?:(?<percent>%)|\((?:(?<atom>[a-zA-Z])|\{(?<field>[^{}()]+)\}(?<side>[ioe]))\)s|(?<stray>))/g

/** Bytes that would end a line, end a quoted value, move a terminal's cursor, or are no ASCII. */
const UNSAFE = /[^ !#-[\]-~]/g

const ABSENT = '-'

const atoms: Readonly<Record<string, Piece>> = {
  h: ({ request }) => escapeValue(request.remote.address) || ABSENT,
  l: () => ABSENT,
  u: ({ request }) => userName(request.headers['authorization']),
  t: ({ startedAt }) => `[${logTime(startedAt)}]`,
  r: ({ request }) => `${escapeValue(request.method)} ${escapeValue(request.target)} ${protocol(request.httpVersion)}`,
  s: ({ status }) => String(status),
  m: ({ request }) => escapeValue(request.method),
  U: ({ request }) => escapeValue(request.mount + request.path),
  q: ({ request }) => escapeValue(request.query),
  H: ({ request }) => protocol(request.httpVersion),
  b: ({ bytes }) => (bytes === 0 ? ABSENT : String(bytes)),
  B: ({ bytes }) => String(bytes),
  f: ({ request }) => field(request.headers['referer']),
  a: ({ request }) => field(request.headers['user-agent']),
  T: ({ duration }) => String(Math.floor(duration / 1000)),
  M: ({ duration }) => String(Math.floor(duration)),
  D: ({ duration }) => String(Math.round(duration * 1000)),
  L: ({ duration }) => (duration / 1000).toFixed(6),
  p: () => `<${process.pid}>`,
}

/** The letters that a format may use, as they stand in `%(h)s`. */
export const accessAtoms: readonly string[] = Object.keys(atoms)

/** Whether every `%` of the format starts something known, and no control byte would break its line. */
export function isAccessFormat(format: string): boolean {
  return format !== '' && !/\p{Cc}/u.test(format) && pieces(format) !== undefined
}

/**
 * Compiles a format.
 *
 * @returns a function that writes the line of one exchange, without its line feed
 * @throws RangeError for a format that {@link isAccessFormat} refuses
 */
export function compileAccessFormat(format: string): (record: ExchangeRecord) => string {
  const compiled = isAccessFormat(format) ? pieces(format) : undefined
  if (compiled === undefined) throw new RangeError(`not an access log format: ${format}`)
  return record => {
    let line = ''
    for (const piece of compiled) line += typeof piece === 'string' ? piece : piece(record)
    return line
  }
}

/** Makes a value from outside safe inside a quoted field: as Apache does, `\xHH` for whatever could forge a line. */
export function escapeValue(value: string): string {
  return value.replace(UNSAFE, character => {
    if (character === '"' || character === '\\') return `\\${character}`
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** `undefined` when the format names something unknown. */
function pieces(format: string): readonly (string | Piece)[] | undefined {
  const result: (string | Piece)[] = []
  let end = 0
  for (const match of format.matchAll(DIRECTIVE)) {
    const piece = pieceOf(match.groups ?? {})
    if (piece === undefined) return undefined
    result.push(format.slice(end, match.index), piece)
    end = match.index + match[0].length
  }
  result.push(format.slice(end))
  return result.filter(piece => piece !== '')
}

function pieceOf(groups: Readonly<Record<string, string | undefined>>): string | Piece | undefined {
  if (groups['percent'] !== undefined) return '%'
  if (groups['atom'] !== undefined) return Object.hasOwn(atoms, groups['atom']) ? atoms[groups['atom']] : undefined
  const { field: written } = groups
  if (written === undefined) return undefined
  if (groups['side'] === 'e') {
    // A copy of each variable would be made for every line.
    const value = field(process.env[written])
    return () => value
  }
  const name = written.toLowerCase()
  if (groups['side'] === 'i') return ({ request }) => field(request.headers[name])
  return ({ responseHeaders }) => {
    const value = responseHeaders[name]
    return field(typeof value === 'object' ? value.join(', ') : value)
  }
}

function field(value: string | undefined): string {
  return value === undefined || value === '' ? ABSENT : escapeValue(value)
}

function protocol(version: string): string {
  return `HTTP/${version}`
}

/** The user name of basic authentication (RFC 7617 §2), never the password. */
function userName(authorization: string | undefined): string {
  const credentials = /^basic +([a-z0-9+/=]+) *$/i.exec(authorization ?? '')?.[1]
  if (credentials === undefined) return ABSENT
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  // A space would shift every later column of the line.
  return field(decoded.slice(0, colon === -1 ? 0 : colon)).replaceAll(' ', '\\x20')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

let secondOfTime = -1
let textOfTime = ''

/** `22/Nov/2024:15:48:01 +0000` in local time; worked out once for all requests of a second. */
function logTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  if (second === secondOfTime) return textOfTime
  const date = new Date(second * 1000)
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  textOfTime = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}:${clock} ${zone}`
  secondOfTime = second
  return textOfTime
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
