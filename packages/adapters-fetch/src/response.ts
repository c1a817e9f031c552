// From a handler's Response to the gateway's.
import type { GatewayResponse } from '@nsgi/spec'
import { OF_THE_CONNECTION } from './connection-fields.ts'
import { lightParts, RealResponse } from './globals/light-response.ts'

/** A Response of any implementation. */
export type ResponseLike = Pick<Response, 'status' | 'statusText' | 'headers' | 'body' | 'bodyUsed'>

/** Turns of promises that a body may take to show that it is one piece: what a Response of a string takes, and a few more. */
const PATIENCE = 8

/** The gateway response for a Response. Throws a TypeError for what is none, or one whose body was read already. */
export async function gatewayResponse(given: unknown, method: string): Promise<GatewayResponse> {
  const light = lightParts(given)
  if (light !== undefined) {
    const { status, body, headers, fields } = light
    return { status, headers: headers === undefined ? copyOf(fields) : headersOf(headers), body }
  }
  const response = asResponse(given)
  const { status, statusText, body } = response
  const head = { status, headers: headersOf(response.headers), reason: statusText === '' ? undefined : statusText }
  if (body === null) return { ...head, body: null }
  const whole = sourceOf(response)
  if (whole !== undefined) return { ...head, body: whole }
  const pulled = new PulledBody(body.getReader())
  return { ...head, body: method === 'HEAD' ? pulled : ((await pulled.inOnePiece()) ?? pulled) }
}

function asResponse(given: unknown): ResponseLike {
  const candidate = given as Partial<ResponseLike> | null | undefined
  if (typeof candidate?.status !== 'number' || typeof candidate.headers?.forEach !== 'function') {
    throw new TypeError('The fetch handler returned no Response')
  }
  if (candidate.bodyUsed) throw new TypeError('The fetch handler returned a Response whose body was read already')
  return candidate as ResponseLike
}

/** What a program keeps and returns again is not to show what was done to the fields of an earlier response. */
function copyOf(fields: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
  const copy = { ...fields }
  const cookies = copy['set-cookie']
  if (typeof cookies === 'object') copy['set-cookie'] = cookies.slice()
  return copy
}

function headersOf(headers: Headers): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {}
  headers.forEach((value, name) => {
    if (name === 'connection') {
      if (/\bclose\b/i.test(value)) record.connection = 'close'
    } else if (name !== 'set-cookie' && !OF_THE_CONNECTION.has(name)) record[name] = value
  })
  const cookies = headers.getSetCookie()
  if (cookies.length > 0) record['set-cookie'] = cookies
  return record
}

interface BodyState {
  readonly body: { readonly source?: unknown } | null
}

// undici keeps what a Response was made from; reading it through its stream costs more than all the rest. Not on every version.
const stateKey = Object.getOwnPropertySymbols(new RealResponse('probe')).find(key => {
  const state = (new RealResponse('probe') as unknown as Record<symbol, Partial<BodyState> | undefined>)[key]
  return state?.body?.source === 'probe'
})

/** The string or bytes that a Response was made from, where that can be seen and nobody reads its stream. */
function sourceOf(response: ResponseLike): string | Uint8Array | undefined {
  if (stateKey === undefined || response.body?.locked) return undefined
  const source = (response as unknown as Record<symbol, BodyState | undefined>)[stateKey]?.body?.source
  return typeof source === 'string' || source instanceof Uint8Array ? source : undefined
}

type Piece = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>

interface Seen {
  piece: Piece | undefined
  over: boolean
}

async function note(reading: Promise<Piece>, seen: Seen): Promise<void> {
  try {
    seen.piece = await reading
  } catch {
    // Whoever asks for it next gets the failure.
  }
  seen.over = true
}

/** A body that is read from its stream as the server pulls. */
class PulledBody implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  /** Reads that were begun before the server asked. */
  readonly #ahead: Promise<Piece>[] = []

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The body as a buffer, if it is there now and ends with its first piece: it has a length then. */
  async inOnePiece(): Promise<Uint8Array | undefined> {
    const first = await this.#soon()
    if (first === undefined || first.done) return first && new Uint8Array()
    const second = await this.#soon()
    return second?.done ? first.value : undefined
  }

  async #soon(): Promise<Piece | undefined> {
    const reading = this.#reader.read()
    this.#ahead.push(reading)
    const seen: Seen = { piece: undefined, over: false }
    void note(reading, seen)
    for (let turn = 0; turn < PATIENCE && !seen.over; turn += 1) await Promise.resolve()
    return seen.piece
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return (this.#ahead.shift() ?? this.#reader.read()) as Promise<IteratorResult<Uint8Array>>
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#reader.cancel()
    return { done: true, value: undefined }
  }
}
