// Carries the steps of a script out.
import type { GatewayRequest } from '../../../request.ts'
import type { ResponseHeaders } from '../../../response.ts'
import { describeError, gate, tell } from './events.ts'
import { inspect } from './inspect.ts'
import type { Special, Step, Value } from './script.ts'

/** One request under way. */
export interface Visit {
  readonly key: string
  readonly request: GatewayRequest
}

/** Most bytes of a chunk that are told; of more, only the length. */
const MOST_TOLD = 4096

/** Does one step. */
export async function carryOut(step: Step, { key, request }: Visit): Promise<void> {
  if ('gate' in step) await gate(key, step.gate)
  else if ('event' in step) tell(key, step.event)
  else if ('throw' in step) throw new Error(step.throw)
  else if ('never' in step) await new Promise(() => {})
  else if ('read' in step) await read(step.read, { key, request })
  else if ('watch' in step) watch({ key, request })
  else if ('look' in step) look(step.look, { key, request })
  else if ('inform' in step) inform(step.inform, { key, request })
  else inspect({ key, request })
}

/** Makes a JSON value what it stands for. */
export function revive(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(revive)
  if ('$' in value) return reviveSpecial(value as Special)
  const record: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) record[name] = revive(member)
  return record
}

function reviveSpecial(value: Special): unknown {
  switch (value.$) {
    case 'undefined':
      return undefined
    case 'nan':
      return Number.NaN
    case 'symbol':
      return Symbol('probe')
    case 'function':
      return () => 'probe'
    case 'bytes':
      return Uint8Array.from(Buffer.from(value.hex, 'hex'))
    case 'fill':
      return value.text.repeat(value.times)
  }
}

async function read(amount: 'all' | number, { key, request }: Visit): Promise<void> {
  const { body } = request
  if (body === null) {
    tell(key, 'body-null')
    return
  }
  const chunks: { readonly kept: Uint8Array; readonly copy: Uint8Array }[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      const bytes = chunk.length <= MOST_TOLD ? Buffer.from(chunk).toString('base64') : undefined
      tell(key, 'chunk', { length: chunk.length, plain: chunk instanceof Uint8Array, bytes })
      chunks.push({ kept: chunk, copy: Uint8Array.from(chunk) })
      length += chunk.length
      if (chunks.length === amount) {
        tell(key, 'body-left', { length })
        return
      }
    }
  } catch (error) {
    tell(key, 'body-error', { error: describeError(error), length })
    return
  }
  const stable = chunks.every(({ kept, copy }) => Buffer.compare(kept, copy) === 0)
  tell(key, 'body-end', { length, stable })
}

function watch({ key, request }: Visit): void {
  const { signal } = request
  signal.addEventListener('abort', () => tell(key, 'signal'), { once: true })
  tell(key, 'watching', { aborted: signal.aborted })
}

function look(member: 'signal' | 'trailers', { key, request }: Visit): void {
  if (member === 'signal') {
    tell(key, 'look', { aborted: request.signal.aborted })
    return
  }
  const { trailers } = request
  if (trailers === undefined) tell(key, 'look', { trailers: null })
  else tell(key, 'look', { trailers: { ...trailers }, bare: Object.getPrototypeOf(trailers) === null })
}

function inform(args: readonly [number, { readonly [name: string]: Value }?], { key, request }: Visit): void {
  if (request.inform === undefined) {
    tell(key, 'cannot-inform')
    return
  }
  const [status, headers] = args
  try {
    request.inform(status, revive(headers ?? {}) as ResponseHeaders)
    tell(key, 'informed')
  } catch (error) {
    tell(key, 'inform-threw', { error: describeError(error) })
  }
}
