// Responses of text or nothing, which most are: they keep what they were made from, and become real ones when something unusual is asked of
// them. What the platform's own take most of their time for, a stream and its controller, nobody ever looks at.
import { OF_THE_CONNECTION } from '../connection-fields.ts'
import { standInPrototype } from '../stand-in.ts'

/** The platform's, whatever is put in its place later. */
export const RealResponse: typeof Response = globalThis.Response
const { Headers: RealHeaders } = globalThis

const state: unique symbol = Symbol('nsgi.response')

type Fields = Record<string, string | string[]>

interface Made {
  readonly body: string | null
  readonly status: number
  /** By lower-case name; several values for `set-cookie` alone. */
  readonly fields: Fields
  /** Once they were asked for: they may have been changed since. */
  headers: Headers | undefined
  real: Response | undefined
}

interface Light {
  readonly [state]: Made
}

const token = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/
// Neither to be refused nor to be trimmed.
const plainValue = /^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

function realOf(light: object): Response {
  const made = (light as Light)[state]
  if (made.real === undefined) {
    const headers = made.headers ?? pairs(made.fields)
    made.real = new RealResponse(made.body, { status: made.status, headers })
  } else if (made.headers !== undefined) copyInto(made.real.headers, made.headers)
  return made.real
}

function pairs(fields: Fields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : value.map((line): [string, string] => [name, line]),
  )
}

/** The handler has these, and may have changed them since the real Response got its own. */
function copyInto(headers: Headers, changed: Headers): void {
  for (const name of Array.from(headers.keys())) headers.delete(name)
  for (const [name, value] of changed) headers.append(name, value)
}

const prototype = standInPrototype(new RealResponse(), {
  getters: {
    bodyUsed: () => false,
    body: (light: Light) => (light[state].body === null ? null : realOf(light).body),
  },
  methods: {},
  constants: {
    status: (light: Light) => light[state].status,
    ok: (light: Light) => light[state].status < 300,
    statusText: () => '',
    headers: (light: Light) => (light[state].headers ??= new RealHeaders(pairs(light[state].fields))),
  },
  real: realOf,
  isMade: light => (light as Light)[state].real !== undefined,
})

function LightResponse(this: object, made: Made): void {
  ;(this as { [state]: Made })[state] = made
}
LightResponse.prototype = prototype
const Constructor = LightResponse as unknown as new (made: Made) => Response

/**
 * A light Response for what `new Response(body, init)` was given; `undefined` for what only a real one can be, or be refused as.
 *
 * @param type the content type of a text that none is given for
 */
export function lightResponse(body: unknown, init: unknown, type = 'text/plain;charset=UTF-8'): Response | undefined {
  const text = body ?? null
  if (
    (text !== null && typeof text !== 'string') ||
    (init !== undefined && (typeof init !== 'object' || init === null))
  )
    return undefined
  const { headers, status = 200, statusText = '' } = (init ?? {}) as Readonly<Record<string, unknown>>
  if (!Number.isInteger(status) || (status as number) < 200 || (status as number) > 599 || statusText !== '')
    return undefined
  if (text !== null && WITHOUT_BODY.has(status as number)) return undefined
  const fields = fieldsOf(headers)
  if (fields === undefined) return undefined
  if (text !== null && !Object.hasOwn(fields, 'content-type')) fields['content-type'] = type
  return new Constructor({ body: text, status: status as number, fields, headers: undefined, real: undefined })
}

/** What a light Response says, as long as it is nothing else; `undefined` for any other. */
export function lightParts(value: unknown): Pick<Made, 'body' | 'status' | 'fields' | 'headers'> | undefined {
  const made = (value as Partial<Light> | null | undefined)?.[state]
  return made?.real === undefined ? made : undefined
}

/** Fields in any of the forms that fetch takes them in; `undefined` where it would have to look closer, or refuse them, and for what belongs to the connection. */
function fieldsOf(headers: unknown): Fields | undefined {
  const fields: Fields = {}
  if (headers === undefined) return fields
  if (typeof headers !== 'object' || headers === null) return undefined
  if (!(headers instanceof RealHeaders || Array.isArray(headers))) return fieldsOfRecord(headers, fields)
  for (const entry of headers as Iterable<unknown>) {
    if (!Array.isArray(entry) || entry.length !== 2 || !add(fields, entry[0], entry[1])) return undefined
  }
  return fields
}

function fieldsOfRecord(headers: object, fields: Fields): Fields | undefined {
  const prototype: unknown = Object.getPrototypeOf(headers)
  if ((prototype !== Object.prototype && prototype !== null) || Symbol.iterator in headers) return undefined
  if (Object.getOwnPropertySymbols(headers).length > 0) return undefined
  for (const name of Object.keys(headers)) {
    if (!add(fields, name, (headers as Readonly<Record<string, unknown>>)[name])) return undefined
  }
  return fields
}

/** Names that were seen to be good ones, in lower case. A program has few; the bound is against one that makes them up. */
const keys = new Map<string, string>()
const KEYS_LIMIT = 200

function keyOf(name: string): string | undefined {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = name.toLowerCase()
  if (!token.test(name) || key === '__proto__' || key === 'connection' || OF_THE_CONNECTION.has(key)) return undefined
  if (keys.size < KEYS_LIMIT) keys.set(name, key)
  return key
}

function add(fields: Fields, name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || typeof value !== 'string' || !plainValue.test(value)) return false
  const key = keyOf(name)
  if (key === undefined) return false
  if (!Object.hasOwn(fields, key)) fields[key] = value
  else if (key === 'set-cookie') fields[key] = [fields[key] as string, value].flat()
  else fields[key] = `${fields[key] as string}, ${value}`
  return true
}
