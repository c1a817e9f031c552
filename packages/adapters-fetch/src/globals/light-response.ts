// Responses of text or nothing, which most are: they keep what they were made from, and become real ones when something unusual is asked of
// them. What the platform's own take most of their time for, a stream and its controller, nobody ever looks at.
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

// These stay as they are when a real one is made.
const constants: Readonly<Record<string, (made: Made) => unknown>> = {
  status: made => made.status,
  ok: made => made.status < 300,
  statusText: () => '',
  headers: made => (made.headers ??= new RealHeaders(pairs(made.fields))),
}

const prototype = standInPrototype(new RealResponse(), {
  getters: {
    bodyUsed: () => false,
    body: (light: Light) => (light[state].body === null ? null : realOf(light).body),
  },
  methods: {},
  real: realOf,
  isMade: light => (light as Light)[state].real !== undefined,
})
for (const [name, get] of Object.entries(constants)) {
  const descriptor = Object.getOwnPropertyDescriptor(RealResponse.prototype, name)
  Object.defineProperty(prototype, name, {
    ...descriptor,
    get(this: Light) {
      return get(this[state])
    },
  })
}

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
  if (text !== null && fields['content-type'] === undefined) fields['content-type'] = type
  return new Constructor({ body: text, status: status as number, fields, headers: undefined, real: undefined })
}

/** What a light Response says, as long as it is nothing else; `undefined` for any other. */
export function lightParts(value: unknown): Pick<Made, 'body' | 'status' | 'fields' | 'headers'> | undefined {
  const made = (value as Partial<Light> | null | undefined)?.[state]
  return made?.real === undefined ? made : undefined
}

/** Fields in any of the forms that fetch takes them in; `undefined` where it would have to look closer, or refuse them. */
function fieldsOf(headers: unknown): Fields | undefined {
  const fields = Object.create(null) as Fields
  if (headers === undefined) return fields
  if (typeof headers !== 'object' || headers === null) return undefined
  const prototype: unknown = Object.getPrototypeOf(headers)
  const entries =
    headers instanceof RealHeaders || Array.isArray(headers)
      ? (headers as Iterable<unknown>)
      : (prototype === Object.prototype || prototype === null) && !(Symbol.iterator in headers)
        ? Object.entries(headers)
        : undefined
  if (entries === undefined) return undefined
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2 || !add(fields, entry[0], entry[1])) return undefined
  }
  return fields
}

function add(fields: Fields, name: unknown, value: unknown): boolean {
  if (typeof name !== 'string' || typeof value !== 'string' || !token.test(name) || !plainValue.test(value))
    return false
  const key = name.toLowerCase()
  const before = fields[key]
  if (before === undefined) fields[key] = value
  else if (key === 'set-cookie') fields[key] = [before, value].flat()
  else fields[key] = `${before as string}, ${value}`
  return true
}
