// How the probe answers one request.
import type { Duplex } from 'node:stream'
import type { GatewayRequest } from '../../../request.ts'
import type { GatewayResponse } from '../../../response.ts'
import { makeBody } from './bodies.ts'
import { describeError, tell } from './events.ts'
import { facts } from './inspect.ts'
import type { ResponseScript, Script } from './script.ts'
import { carryOut, revive, type Visit } from './steps.ts'

type Answer = GatewayResponse | PromiseLike<GatewayResponse>

/** Tells the call, then does what the request's script says. */
export function handle(request: GatewayRequest, knownContext: object): Answer {
  const key = request.headers['probe-key'] ?? request.query
  tell(key, 'call', { ...facts(request), ...knownContext })
  const script = JSON.parse(request.headers['probe-do'] ?? '{}') as Script
  const visit = { key, request }
  const { before = [], returns = 'value' } = script
  if (before.length === 0 && returns === 'value') return answer(script, visit)
  const answered = (async () => {
    for (const step of before) await carryOut(step, visit)
    // Wrapped: what is no response may be thenable, and is to reach the server as it is.
    return { answer: answer(script, visit) }
  })()
  const promised = answered.then(({ answer }) => answer)
  // A thenable that is no promise: `then` alone, called as a method.
  // oxlint-disable-next-line unicorn/no-thenable -- servers have to take one
  return returns === 'thenable' ? { then: (...args) => promised.then(...args) } : promised
}

function answer(script: Script, visit: Visit): GatewayResponse {
  if ('raw' in script && script.raw !== undefined) return revive(script.raw) as GatewayResponse
  const { key } = visit
  const { response = {} } = script
  const plain = { status: 200, headers: { 'content-type': 'text/plain' }, body: `probe ${key}\n` }
  const made = makeResponse({ ...plain, ...response }, visit)
  if (script.frozen === true) freeze(made)
  const before = snapshot(made)
  const { finished } = response
  const told = (...args: readonly unknown[]): void => {
    if (finished === 'look') tell(key, 'look', { aborted: visit.request.signal.aborted })
    const error = args[0] === undefined ? null : describeError(args[0])
    tell(key, 'finished', { error, mutated: snapshot(made) !== before })
    if (finished === 'throw') throw new Error(`finished() fails for ${key}`)
  }
  return script.frozen === true ? Object.freeze({ ...made, finished: told }) : Object.assign(made, { finished: told })
}

function makeResponse(
  { finished: _finished, upgrade, trailers, body, ...plain }: ResponseScript,
  visit: Visit,
): GatewayResponse {
  const { key } = visit
  const response: Record<string, unknown> = { ...(revive(plain) as object), body: makeBody(body, visit) }
  if (trailers !== undefined) {
    response['trailers'] = () => {
      tell(key, 'trailers')
      return revive(trailers)
    }
  }
  if (upgrade !== undefined) response['upgrade'] = (socket: Duplex) => takeOver(socket, { key, upgrade })
  return response as unknown as GatewayResponse
}

/** Echoes in capitals until the client ends, or destroys the socket at the first bytes. */
function takeOver(socket: Duplex, { key, upgrade }: { readonly key: string; readonly upgrade: 'echo' | 'fail' }): void {
  tell(key, 'upgraded')
  socket.on('error', error => tell(key, 'socket-error', { error: describeError(error) }))
  socket.on('data', (chunk: Buffer) => {
    if (upgrade === 'fail') socket.destroy()
    else socket.write(chunk.toString('latin1').toUpperCase(), 'latin1')
  })
  socket.on('end', () => socket.end())
}

/** The plain parts of a response, as text: any change shows. */
function snapshot(response: object): string {
  const { finished: _finished, body, ...rest } = response as Record<string, unknown>
  const kind = typeof body === 'object' && body !== null && !ArrayBuffer.isView(body) ? 'iterable' : body
  return JSON.stringify({ names: Object.getOwnPropertyNames(rest), rest, kind })
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if (Symbol.asyncIterator in value || Symbol.iterator in value) return
  for (const member of Object.values(value)) freeze(member)
  Object.freeze(value)
}
