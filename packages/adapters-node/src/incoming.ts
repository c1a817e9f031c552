import { IncomingMessage } from 'node:http'
import type { Context, GatewayRequest } from '@nsgi/spec'
import { afterTurn } from './after-turn.ts'
import { callBase, nodeConstructor } from './node-constructor.ts'
import { connectionReset } from './node-errors.ts'
import type { IncomingInternals, NodeRequest } from './node-internals.ts'

const gateway: unique symbol = Symbol('nsgi.request')
const source: unique symbol = Symbol('nsgi.body')
const worker: unique symbol = Symbol('nsgi.context')

/** Where a request stands with its body: the iterator once it is read, whether there is nothing more to get. */
interface BodySource {
  iterator: AsyncIterator<Uint8Array> | undefined
  over: boolean
  /** Whether more of it is awaited now, or will be without anybody's doing. */
  pulling: boolean
  /** Called once, when no more of it is awaited. */
  onRest: (() => void) | undefined
}

/** What this package keeps on a request. */
interface GatewayParts {
  readonly [gateway]: GatewayRequest
  readonly [worker]: Context
  [source]: BodySource | undefined
}

/** A request with node's inner members and ours. */
type Inner = NodeRequest & GatewayParts

/** A request that this package made: an `http.IncomingMessage`. */
export type Incoming = IncomingMessage

/** What a request asks of its socket. */
export interface MessageSocket {
  /** A byte of the body has come. */
  touch(): void
  destroy(error?: Error): unknown
}

/** Makes requests of one application. */
export type IncomingConstructor = new (request: GatewayRequest, socket: MessageSocket, context: Context) => Incoming

/**
 * A constructor for gateway requests as `http.IncomingMessage`s, with a prototype that inherits from it. Node's own
 * constructor and methods do what does not touch the parser: the rules for duplicate headers, `headersDistinct`, the
 * Readable. The two methods that do are set on the object itself, so that they are found whatever prototype a framework
 * moves it to (NSGI ADP-06, ADP-07).
 */
export function incomingConstructor(prototype: object = IncomingMessage.prototype): IncomingConstructor {
  return nodeConstructor(
    IncomingMessage,
    prototype,
    function (request: GatewayRequest, socket: MessageSocket, context: Context) {
      callBase(IncomingMessage, this, socket)
      initialise(this, request, context)
    },
  )
}

type Initialised = Record<string | symbol, unknown>

function initialise(message: object, request: GatewayRequest, context: Context): void {
  const http = message as Initialised
  http[worker] = context
  // A copy: a handler may change its request, the gateway's belongs to all.
  const raw = request.rawHeaders.slice()
  const version = request.httpVersion
  if (version.length === 1) addHost(raw, request)
  ;(http as unknown as IncomingInternals)._addHeaderLines(raw, raw.length)
  http.httpVersion = version.length === 1 ? `${version}.0` : version
  http.httpVersionMajor = version.charCodeAt(0) - 48
  http.httpVersionMinor = version === '1.1' ? 1 : 0
  http.method = request.method
  http.upgrade = false
  http.complete = request.body === null
  http[gateway] = request
  http[source] = undefined
  http._read = read
  http._destroy = destroy
  if (request.mount === '') http.url = request.target
  else mounted(http, request)
}

/** From HTTP/2 on the authority stands beside the fields; who speaks HTTP/1, as these programs do, finds it in Host (RFC 9113 §8.3.1). */
function addHost(raw: string[], { authority, headers }: GatewayRequest): void {
  if (authority !== '' && headers['host'] === undefined) raw.unshift('host', authority)
}

/** The gateway request behind a request that `fromNode` made; `undefined` for any other. */
export function gatewayRequestOf(request: object): GatewayRequest | undefined {
  return (request as Partial<GatewayParts>)[gateway]
}

/**
 * The context of the worker that serves a request which `fromNode` made; `undefined` for any other, as for one of
 * `node:http`. A long stream ends itself when `contextOf(req)?.draining` aborts.
 */
export function contextOf(request: object): Context | undefined {
  return (request as Partial<GatewayParts>)[worker]
}

/**
 * The client is gone before the response was over: 'aborted', and where somebody listens an `ECONNRESET` 'error', then
 * 'close'; nothing for a request that was read to its end.
 */
export function abortIncoming(request: Incoming, cause?: unknown): void {
  if (!request.destroyed) request.destroy(connectionReset(cause))
}

/**
 * A response is about to be given. Who has asked for the body by now (`resume`, a 'data' listener) gets it, as on node:http, also once
 * the response is out: a server throws away what nobody has begun to read by then.
 */
export function claimBody(request: Incoming): void {
  const http = request as unknown as Inner
  const { body } = http[gateway]
  if (body === null || http._consuming || !http._readableState.resumeScheduled || http[source]?.over) return
  const state = bodySource(http)
  state.iterator ??= body[Symbol.asyncIterator]()
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
 * so no more: at once at a failure, else at the end of a turn.
 */
export function whenBodyRests(request: Incoming, callback: () => void): boolean {
  const state = (request as unknown as Inner)[source]
  if (state?.pulling !== true) return false
  state.onRest = callback
  return true
}

// Express and connect read the mount from these two; `url` is what the handler's own routes see.
function mounted(http: Record<string, unknown>, request: GatewayRequest): void {
  const { target, mount, path, query } = request
  http.url = target.startsWith(`${mount}/`)
    ? target.slice(mount.length)
    : query === ''
      ? path || '/'
      : `${path || '/'}?${query}`
  http.originalUrl = target
  http.baseUrl = mount
}

function bodySource(http: Inner): BodySource {
  http[source] ??= { iterator: undefined, over: false, pulling: false, onRest: undefined }
  return http[source]
}

function read(this: Inner): void {
  this._consuming = true
  this._readableState.readingMore = false
  const body = this[gateway].body
  if (body === null || this[source]?.over) {
    finish(this)
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
  if (result.done) {
    state.pulling = false
    finish(http)
    // 'end' is emitted in a tick, and what was waiting for it may answer in promise jobs behind that.
    if (state.onRest !== undefined) afterTurn(restSoon, state)
  } else {
    // A reader that has enough may pull again in this turn; any other is going to.
    state.pulling = http.push(asBuffer(result.value))
    if (!state.pulling && state.onRest !== undefined) afterTurn(restSoon, state)
  }
}

function restSoon(state: BodySource): void {
  afterTurn(restUnlessPulling, state)
}

function restUnlessPulling(state: BodySource): void {
  if (!state.pulling) rest(state)
}

function rest(state: BodySource): void {
  const { onRest } = state
  state.pulling = false
  state.onRest = undefined
  onRest?.()
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
    this.emit('aborted')
    // An iterator that is left takes the socket from its request first, so that the response can still be sent.
    ;(this.socket as MessageSocket | null)?.destroy(error ?? undefined)
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
