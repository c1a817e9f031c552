// How the body of a gateway request is read as that of an `http.IncomingMessage`: node's Readable pulls, the gateway's iterator gives.
import type { IncomingMessage } from 'node:http'
import type { GatewayRequest } from '@nsgi/spec'
import { afterRound } from './after-round.ts'
import { connectionReset } from './node-errors.ts'
import type { NodeRequest } from './node-internals.ts'

/** Where a request keeps the gateway's. */
export const gateway: unique symbol = Symbol('nsgi.request')
/** Where it keeps how far its body is. */
export const source: unique symbol = Symbol('nsgi.body')

/** A request that this package made: an `http.IncomingMessage`. */
export type Incoming = IncomingMessage

/** What a request asks of its socket. */
export interface MessageSocket {
  /** A byte of the body has come. */
  touch(): void
  destroy(error?: Error): unknown
}

/** Where a request stands with its body: the iterator once it is read, whether there is nothing more to get. */
interface BodySource {
  iterator: AsyncIterator<Uint8Array> | undefined
  over: boolean
  /** Whether it has failed. */
  broken: boolean
  /** Bytes of it still to come, `NaN` where nothing says how many. */
  left: number
  /** Whether more of it is awaited now, or will be without anybody's doing. */
  pulling: boolean
  /** Called once, when no more of it is awaited. */
  onRest: (() => void) | undefined
}

/** What this package keeps on a request. */
interface GatewayParts {
  readonly [gateway]: GatewayRequest
  [source]: BodySource | undefined
}

/** A request with node's inner members and ours. */
type Inner = NodeRequest & GatewayParts

/**
 * A response is about to be given. Who has asked for the body by now (`resume`, a 'data' or 'readable' listener, an iteration) gets it,
 * as on node:http, also once the response is out: a server throws away what nobody has begun to read by then.
 */
export function claimBody(request: Incoming): void {
  const http = request as unknown as Inner
  const { body } = http[gateway]
  const { resumeScheduled, readableListening } = http._readableState
  if (body === null || http._consuming || !(resumeScheduled || readableListening) || http[source]?.over) return
  const state = bodySource(http)
  state.iterator ??= body[Symbol.asyncIterator]()
}

/** Whether somebody has begun to read it, which nobody can take back. */
export function isRead(request: Incoming): boolean {
  return (request as unknown as Inner)._consuming
}

/**
 * The response is over. What was not read of the request never will be: as on node:http it ends and closes. Nothing is
 * started for a request that nobody listens to.
 */
export function dumpIncoming(request: Incoming): void {
  const http = request as unknown as Inner
  if (http._consuming || http._readableState.resumeScheduled || request.destroyed) return
  if (request.listenerCount('end') === 0 && request.listenerCount('close') === 0) return
  bodySource(http).over = true
  // node's parser has said by now that a request without a body is at its end; `_dump` relies on that.
  if (http.complete) http.push(null)
  http._dump()
}

/**
 * Whether the body is being read: then it tells of a loss of the client by its failure. `callback` is called once when it is
 * so no more: at once at a failure, else when a round of the event loop is through.
 */
export function whenBodyRests(request: Incoming, callback: () => void): boolean {
  const state = (request as unknown as Inner)[source]
  if (state?.pulling !== true) return false
  state.onRest = callback
  return true
}

/** Whether the body has failed: it was cut short, or is over a limit of the server's. */
export function isBroken(request: Incoming): boolean {
  return (request as unknown as Inner)[source]?.broken === true
}

function bodySource(http: Inner): BodySource {
  http[source] ??= {
    iterator: undefined,
    over: false,
    broken: false,
    left: declaredLength(http[gateway]),
    pulling: false,
    onRest: undefined,
  }
  return http[source]
}

const CONTENT_LENGTH = 'content-length'

/**
 * What a request says of the length of its body, `NaN` where that does not count: a middleware that changed the body need not have changed
 * the fields, and from HTTP/2 on trailers may follow on a body of any length.
 */
function declaredLength(request: GatewayRequest): number {
  const { rawHeaders, httpVersion } = request
  if (httpVersion.length === 1 || holderOf(request, 'body') !== holderOf(request, 'rawHeaders')) return Number.NaN
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === CONTENT_LENGTH.length && name.toLowerCase() === CONTENT_LENGTH)
      return Number(rawHeaders[index + 1])
  }
  return Number.NaN
}

/** The object that has a member, of those that a request inherits from. */
function holderOf(request: object, member: keyof GatewayRequest): object {
  let holder = request
  while (!Object.hasOwn(holder, member)) holder = Object.getPrototypeOf(holder) as object
  return holder
}

function read(this: Inner): void {
  this._consuming = true
  this._readableState.readingMore = false
  const body = this[gateway].body
  if (body === null || this[source]?.over) {
    finish(this)
    // On node:http the end of nothing is there before anybody reads: whoever asks is told, also one who unpipes it in the same turn.
    this.read(0)
    return
  }
  const state = bodySource(this)
  state.iterator ??= body[Symbol.asyncIterator]()
  void pull(this, state)
}

async function pull(http: Inner, state: BodySource): Promise<void> {
  let result: IteratorResult<Uint8Array>
  state.pulling = true
  try {
    result = await (state.iterator as AsyncIterator<Uint8Array>).next()
  } catch (error) {
    state.over = true
    state.broken = true
    rest(state)
    // Whatever broke it, truncation or a limit: on node:http the request is aborted and its connection gone.
    if (!http.destroyed) http.destroy(connectionReset(error))
    return
  }
  // Outside of the try: what a 'data' listener throws is the handler's failure, not the body's.
  if (http.destroyed) {
    rest(state)
    return
  }
  http.socket.touch()
  try {
    take(http, state, result)
  } catch (error) {
    throwInTick(error)
    // Nobody reads on for it: only the signal can tell that the client is gone.
    rest(state)
  }
}

function take(http: Inner, state: BodySource, result: IteratorResult<Uint8Array>): void {
  if (result.done) finishPulling(http, state)
  else if ((state.left -= result.value.length) === 0) takeLast(http, state, result.value)
  else {
    // A reader that has enough may pull again in this turn; any other is going to.
    state.pulling = http.push(asBuffer(result.value))
    if (!state.pulling && state.onRest !== undefined) afterRound(() => restUnlessPulling(state))
  }
}

/** The last bytes of a body whose length is known, and its end: as node's parser gives them, in one turn and without another read. */
function takeLast(http: Inner, state: BodySource, chunk: Uint8Array): void {
  state.over = true
  http.push(asBuffer(chunk))
  // A server that knows the trailers has seen the end of the body (NSGI BOD-10).
  if (http[gateway].trailers === undefined) void drain(state.iterator as AsyncIterator<Uint8Array>)
  if (!http.destroyed) finishPulling(http, state)
}

/** Lets a body come to its end. */
async function drain(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.next()
  } catch {
    // All of it is there.
  }
}

function finishPulling(http: Inner, state: BodySource): void {
  state.pulling = false
  finish(http)
  // 'end' is emitted in a tick, and most of those who waited for it answer in promise jobs behind that.
  if (state.onRest !== undefined) afterRound(() => restUnlessPulling(state))
}

function restUnlessPulling(state: BodySource): void {
  if (!state.pulling) rest(state)
}

function rest(state: BodySource): void {
  const { onRest } = state
  state.pulling = false
  state.onRest = undefined
  try {
    onRest?.()
  } catch (error) {
    throwInTick(error)
  }
}

/** What a listener throws is an exception of the process, as on node:http, and no rejected promise. */
function throwInTick(error: unknown): void {
  process.nextTick(() => {
    throw error
  })
}

function finish(http: Inner): void {
  const trailers = http[gateway].trailers
  http.complete = true
  if (trailers !== undefined && !isEmpty(trailers)) {
    const flat = Object.entries(trailers).flatMap(([name, value]) => [name, value as string])
    http._addHeaderLines(flat, flat.length)
  }
  http.push(null)
}

// Nearly always; the entries of nothing cost half a microsecond.
function isEmpty(record: object): boolean {
  for (const _ in record) return false
  return true
}

/** Consumers expect Buffers (`chunk.toString('utf8')`); the view is the same memory. */
function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function destroy(this: Inner, error: Error | null, callback: (error?: Error | null) => void): void {
  const state = this[source]
  if (!this.readableEnded || !this.complete) {
    this.aborted = true
    try {
      this.emit('aborted')
    } finally {
      // An iterator that is left takes the socket from its request first, so that the response can still be sent.
      ;(this.socket as MessageSocket | null)?.destroy(error ?? undefined)
    }
  }
  if (state?.iterator && !state.over && !this.complete) void leave(state.iterator)
  process.nextTick(() => (this.listenerCount('error') === 0 ? callback() : callback(error)))
}

/** Tells the body that nobody reads on. How it takes that is of no interest any more. */
async function leave(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // The request is already being destroyed for a reason of its own.
  }
}

/** What node's Readable asks of a request; to be found on the object itself. */
export const readableMethods: { readonly _read: typeof read; readonly _destroy: typeof destroy } = {
  _read: read,
  _destroy: destroy,
}
