// Header fields: the record, the raw list, whether they agree, and what should have been refused (REQ-10 to REQ-14, REQ-19 to REQ-23).
import { describe } from '../testing/chunk.ts'
import { FIELD_VALUE, joinFields, TOKEN } from '../testing/fields.ts'
import type { Found } from './reporter.ts'
import type { Members } from './request-members.ts'

/** Fields that frame the message: they stay visible (REQ-23). */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect'])

/** A record as `headers` is checked to be. */
type Fields = Readonly<Record<string, string>>

/** Checks `headers` and `rawHeaders`. */
export function checkFields(members: Members, found: Found): void {
  const { headers, rawHeaders } = members
  const isRecord = checkRecord('headers', headers, found)
  const isList = checkRawList(rawHeaders, found)
  if (isRecord && isList) compare(headers as Fields, rawHeaders, found)
  if (isList) checkHost(members, rawHeaders, found)
  if (isRecord) checkFraming(members, headers as Fields, found)
}

/** Whether `record` has no prototype and maps lower-case names to strings (REQ-19, REQ-21). Trailers are checked so, too. */
export function checkRecord(what: string, record: unknown, found: Found): boolean {
  if (typeof record !== 'object' || record === null) {
    found('REQ-19', `${what} must be a record, not ${describe(record)}`)
    return false
  }
  if (Object.getPrototypeOf(record) !== null) found('REQ-19', `${what} has a prototype`)
  for (const [name, value] of Object.entries(record)) {
    if (!TOKEN.test(name) || name !== name.toLowerCase()) {
      found('REQ-19', `${JSON.stringify(name)} in ${what} is not a field name in lower case`)
    } else if (typeof value !== 'string') {
      found('REQ-19', `the value of ${name} in ${what} must be a string, not ${describe(value)}`)
      return false
    } else if (!isJoinedValue(value)) found('REQ-21', `the value of ${name} in ${what} is ${JSON.stringify(value)}`)
  }
  return true
}

/** One character for each byte, without those that end a line, nor white space around it (REQ-21). */
function isFieldValue(value: string): boolean {
  return FIELD_VALUE.test(value) && !/^[\t ]|[\t ]$/.test(value)
}

/** The same of a value that may be joined: where the last line was empty, it ends in the space of the comma. */
function isJoinedValue(value: string): boolean {
  return isFieldValue(/[,;] $/.test(value) ? value.trimEnd() : value)
}

function checkRawList(raw: unknown, found: Found): raw is readonly string[] {
  if (!Array.isArray(raw) || raw.length % 2 !== 0) {
    found('REQ-22', 'rawHeaders must be an array of names and values in turn')
    return false
  }
  for (let index = 0; index < raw.length; index += 2) {
    const name: unknown = raw[index]
    const value: unknown = raw[index + 1]
    if (typeof name !== 'string' || !TOKEN.test(name)) {
      found('REQ-22', `${JSON.stringify(name)} in rawHeaders is not a field name`)
      return false
    }
    if (typeof value !== 'string' || !isFieldValue(value)) {
      found('REQ-22', `the value of ${name} in rawHeaders is ${JSON.stringify(value)}`)
      return false
    }
  }
  return true
}

function compare(headers: Fields, raw: readonly string[], found: Found): void {
  const joined = joinFields(raw) as Fields
  for (const name of new Set([...Object.keys(joined), ...Object.keys(headers)])) {
    const expected = joined[name]
    const given = headers[name]
    if (given === expected) continue
    if (given === undefined) found(FRAMING.has(name) ? 'REQ-23' : 'REQ-19', `headers lacks ${name}`)
    else if (expected === undefined) found(FRAMING.has(name) ? 'REQ-23' : 'REQ-22', `rawHeaders lacks ${name}`)
    else {
      found('REQ-20', `${name} is ${JSON.stringify(given)}, from rawHeaders it would be ${JSON.stringify(expected)}`)
    }
  }
}

function checkHost({ httpVersion }: Members, raw: readonly string[], found: Found): void {
  const hosts = raw.filter((_value, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'host')
  if (httpVersion === '1.1' && hosts.length !== 1) found('REQ-10', `the request has ${hosts.length} Host fields`)
  else if (hosts.some(host => /[\s/?#@\\,]/.test(host))) {
    found('REQ-10', `${JSON.stringify(hosts.join(', '))} is no valid Host`)
  }
}

/** A message whose end is in doubt never reaches the application. */
function checkFraming({ httpVersion }: Members, headers: Fields, found: Found): void {
  const length = headers['content-length']
  const coding = headers['transfer-encoding']
  const expectation = headers['expect']
  if (length !== undefined && coding !== undefined) found('REQ-12', 'it has transfer-encoding and content-length')
  if (length !== undefined) {
    const lengths = new Set(length.split(', '))
    if (lengths.size !== 1 || !/^\d+$/.test([...lengths].join(''))) {
      found('REQ-13', `content-length is ${JSON.stringify(length)}`)
    }
  }
  if (coding !== undefined && (httpVersion === '1.0' || !/(?:^|, *)chunked$/i.test(coding))) {
    found('REQ-14', `an HTTP/${String(httpVersion)} request has transfer-encoding: ${coding}`)
  }
  if (httpVersion === '1.1' && expectation !== undefined && expectation.toLowerCase() !== '100-continue') {
    found('EXP-05', `the request expects ${JSON.stringify(expectation)}`)
  }
}

/** Whether the fields announce content (BOD-01), as far as they tell: later versions frame it by themselves. */
export function announcesContent({ rawHeaders, httpVersion }: Members): boolean | undefined {
  if ((httpVersion !== '1.0' && httpVersion !== '1.1') || !Array.isArray(rawHeaders)) return undefined
  const raw = rawHeaders as readonly unknown[]
  return raw.some((name, index) => {
    if (index % 2 !== 0 || typeof name !== 'string') return false
    const field = name.toLowerCase()
    return field === 'transfer-encoding' || (field === 'content-length' && Number(raw[index + 1]) > 0)
  })
}
