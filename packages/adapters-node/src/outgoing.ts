import { ServerResponse } from 'node:http'
import type { Exchange } from './exchange.ts'
import type { Incoming } from './incoming-body.ts'
import { callBase, nodeConstructor } from './node-constructor.ts'
import { trailerInvalid } from './node-errors.ts'
import {
  type HeaderStore,
  type NodeResponse,
  type RawHeaders,
  type SendCallback,
  storeMember,
} from './node-internals.ts'
import { RequestSocket } from './request-socket.ts'
import { headOfArgument, headOfStore } from './response-head.ts'
import { parseInformation } from './response-information.ts'

const owner: unique symbol = Symbol('nsgi.exchange')

type End = (this: unknown, ...given: unknown[]) => unknown

/** Node's own methods, whatever a program puts in their place later. */
const { end: nodeEnd, _finish: nodeFinish } = ServerResponse.prototype as unknown as { end: End; _finish(): void }

/** A response with node's inner members and ours. */
type Inner = NodeResponse & { readonly [owner]: Exchange }

/** A response that this package made: an `http.ServerResponse`. */
export type Outgoing = ServerResponse

/** Makes responses of one application. */
export type OutgoingConstructor = new (request: Incoming, exchange: Exchange) => Outgoing

/**
 * A constructor for the writing halves of exchanges as `http.ServerResponse`s, with a prototype that inherits from it.
 * Everything that is state, validation and error codes is node's own code; the seams where it would render bytes are
 * set on the object itself, so that they are found whatever prototype a framework moves it to (NSGI ADP-07). No
 * head is ever rendered, no socket written.
 */
export function outgoingConstructor(prototype: object = ServerResponse.prototype): OutgoingConstructor {
  return nodeConstructor(ServerResponse, prototype, function (request: Incoming, exchange: Exchange) {
    callBase(ServerResponse, this, request)
    const http = this as Record<string | symbol, unknown>
    http.socket = exchange.socket
    // node keeps an HTTP/1.0 connection closed unless its parser says otherwise; here only the handler's wish counts.
    http.shouldKeepAlive = true
    http[owner] = exchange
    // Methods, each the same function on every response: a few stores, no closure.
    http._storeHeader = storeHeader
    http._send = send
    http._writeRaw = writeRaw
    http._finish = finish
    http.end = end
  })
}

/** Emits 'close' once, as node's server does when the response is over or its socket gone. */
export function closeOutgoing(response: Outgoing): void {
  const http = response as unknown as NodeResponse
  if (http._closed) return
  http.destroyed = true
  http._closed = true
  if (response.listenerCount('close') > 0) response.emit('close')
}

/**
 * Emits 'drain' if a write had returned false, and forgets that it had. Only node can reset that flag: its
 * flush does so when there was an entry to flush and the socket took it.
 */
export function drainOutgoing(response: Outgoing): void {
  const http = response as unknown as NodeResponse
  if (http.finished || http.destroyed) return
  const { socket } = http
  http.outputData.push({ data: '', encoding: 'latin1', callback: null })
  // A response may have been given another socket, which takes an empty write as it is.
  const isOurs = socket instanceof RequestSocket
  if (isOurs) socket.flushing = true
  try {
    http._flush()
  } finally {
    if (isOurs) socket.flushing = false
  }
}

// `writeHead`, implicit or not, ends here. It validated the status and merged its argument into the store, if there is one.
function storeHeader(this: Inner, statusLine: string, given: RawHeaders): void {
  let head = headOfStore(storeOf(this))
  if (head.empty) head = headOfArgument(given)
  if (head.trailer && !head.chunked && (head.contentLength !== null || !this._hasBody)) throw trailerInvalid()
  if (head.contentLength !== null) this._contentLength = head.contentLength
  this[owner].storeHead(head)
  this._header = `${statusLine}\r\n`
}

/** What `setHeader` has kept, as node itself passes it to `_storeHeader`; copies of it (`getHeaders`) cost a request a microsecond. */
function storeOf(response: Inner): HeaderStore {
  if (storeMember !== undefined) return (response as unknown as Record<symbol, HeaderStore | null>)[storeMember] ?? {}
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, [name, value]]))
}

// oxlint-disable-next-line max-params -- node's signature
function send(
  this: Inner,
  data: string | Uint8Array,
  encoding?: string | null,
  callback?: SendCallback | null,
): boolean {
  return this[owner].send(encoded(data, encoding), callback ?? null)
}

function encoded(data: string | Uint8Array, encoding: string | null | undefined): string | Uint8Array {
  if (typeof data !== 'string' || !encoding || encoding === 'utf8' || encoding === 'utf-8' || data === '') return data
  return Buffer.from(data, encoding as BufferEncoding)
}

// oxlint-disable-next-line max-params -- node's signature
function writeRaw(this: Inner, text: string, _encoding?: string | null, callback?: SendCallback | null): boolean {
  this[owner].inform(parseInformation(text))
  if (callback) process.nextTick(callback)
  return true
}

/** Tells of an `end` that was called past ours, as `http.ServerResponse.prototype.end.call(res)`. */
function finish(this: Inner): void {
  nodeFinish.call(this)
  const exchange = this[owner]
  if (!exchange.ending) exchange.ended()
}

// oxlint-disable-next-line max-params -- node's signature
function end(this: Inner, chunk?: unknown, encoding?: unknown, callback?: unknown): Inner {
  const exchange = this[owner]
  // A framework's or a program's own, where it has put one on the prototype. One that leads back to here goes to node's.
  const inherited = exchange.ending ? nodeEnd : (Object.getPrototypeOf(this) as { readonly end: End }).end
  exchange.ending = true
  try {
    inherited.call(this, chunk, encoding, callback)
  } finally {
    exchange.ending = false
  }
  if (this.finished) exchange.ended()
  return this
}
