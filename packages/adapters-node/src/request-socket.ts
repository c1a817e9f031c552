// What `req.socket` and `res.socket` are: a view of one request's connection, for the code that asks a socket where
// the client is, whether it is encrypted, or to be told when it is gone. It lives as long as its request.
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, isIP, isIPv6 } from 'node:net'
import { getDefaultHighWaterMark } from 'node:stream'
import type { Endpoint, GatewayRequest } from '@nsgi/spec'
import { rawSocketWrite, transportFailure } from './node-errors.ts'
import type { SendCallback } from './node-internals.ts'

/** Who decides what the socket's methods do. */
export interface SocketOwner {
  /** The response that is written through the socket. */
  readonly res?: ServerResponse | undefined
  /** The handler wants the connection gone. */
  destroyConnection(error?: Error): void
  /** The time given to `setTimeout` passed without any byte either way. */
  idleTimeout(): void
}

// node's ServerResponse#end fully uncorks its socket by writing here; there is nothing to uncork.
const uncorked = { corked: 0 }

/** A stand-in for the `net.Socket` of a request. */
export class RequestSocket extends EventEmitter {
  destroyed = false
  /** What the handler destroyed the connection with, or what the transport failed with. */
  errored: Error | null = null
  /** 'close' is or would have been emitted. */
  closed = false
  /** Bytes written by the handler that the server has not yet taken and passed on. */
  writableLength = 0
  /** node's 'finish' is not emitted when its socket had an error. */
  _hadError = false
  /** While set, `write` accepts: node flushes an empty entry to emit 'drain'. */
  flushing = false
  timeout: number | undefined = undefined
  readonly #request: GatewayRequest
  readonly #owner: SocketOwner
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(request: GatewayRequest, owner: SocketOwner) {
    super()
    this.#request = request
    this.#owner = owner
  }

  get remoteAddress(): string | undefined {
    return addressOf(this.#request.remote)
  }
  get remotePort(): number | undefined {
    return this.#request.remote.port ?? undefined
  }
  get remoteFamily(): string | undefined {
    return familyOf(this.#request.remote)
  }
  get localAddress(): string | undefined {
    return addressOf(this.#request.local)
  }
  get localPort(): number | undefined {
    return this.#request.local.port ?? undefined
  }
  get localFamily(): string | undefined {
    return familyOf(this.#request.local)
  }

  get readable(): boolean {
    return !this.destroyed
  }
  get writable(): boolean {
    return !this.destroyed
  }
  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open'
  }
  get connecting(): boolean {
    return false
  }
  get pending(): boolean {
    return false
  }
  /** The response that is under way, which libraries that stop servers look for. */
  get _httpMessage(): object | null {
    return this.destroyed ? null : (this.#owner.res ?? null)
  }

  // What a stream says of its state: nothing can be read here, and what is written goes by `res`.
  get allowHalfOpen(): boolean {
    return true
  }
  get bufferSize(): number {
    return this.writableLength
  }
  get readableEnded(): boolean {
    return false
  }
  get readableFlowing(): boolean {
    return true
  }
  get readableLength(): number {
    return 0
  }
  get readableEncoding(): null {
    return null
  }
  get readableObjectMode(): boolean {
    return false
  }
  get writableObjectMode(): boolean {
    return false
  }
  get writableEnded(): boolean {
    return this.destroyed
  }
  get writableFinished(): boolean {
    return this.destroyed && !this._hadError
  }
  get writableNeedDrain(): boolean {
    return !this.destroyed && this.writableLength >= this.writableHighWaterMark
  }
  get readableHighWaterMark(): number {
    return getDefaultHighWaterMark(false)
  }
  get writableHighWaterMark(): number {
    return getDefaultHighWaterMark(false)
  }
  /** Never zero: it keeps node from corking and uncorking around every write; batching is the server's. */
  get writableCorked(): number {
    return 1
  }
  get _writableState(): { corked: number } {
    return uncorked
  }

  address(): AddressInfo | Record<string, never> {
    const { address, port } = this.#request.local
    return port === null ? {} : { address, port, family: isIPv6(address) ? 'IPv6' : 'IPv4' }
  }

  /** Calls back, and emits 'timeout', when the request was idle for so many milliseconds; 0 turns it off. */
  setTimeout(milliseconds: number, callback?: () => void): this {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.timeout = milliseconds
    if (milliseconds > 0) {
      if (callback) this.once('timeout', callback)
      if (!this.destroyed) this.#timer = setTimeout(() => this.#owner.idleTimeout(), milliseconds).unref()
    } else if (callback) {
      this.removeListener('timeout', callback)
    }
    return this
  }

  /** A byte went either way: the idle time starts again. */
  touch(): void {
    this.#timer?.refresh()
  }

  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  pause(): this {
    return this
  }
  resume(): this {
    return this
  }
  isPaused(): boolean {
    return false
  }
  setEncoding(): this {
    return this
  }
  setDefaultEncoding(): this {
    return this
  }
  cork(): void {}
  uncork(): void {}

  /** Nothing but node's own flush of an empty entry may write here. */
  write(_data: string | Uint8Array, _encoding?: string | null, _callback?: SendCallback | null): boolean {
    if (!this.flushing) throw rawSocketWrite()
    return true
  }

  end(): this {
    return this.destroy()
  }
  destroySoon(): void {
    this.destroy()
  }
  resetAndDestroy(): this {
    return this.destroy()
  }

  /** Ends the connection: before the head the client gets a 500, after it a truncated response, at the end nothing. */
  destroy(error?: Error): this {
    if (!this.destroyed) {
      this.detach()
      this.errored = error ?? null
      this.#owner.destroyConnection(error)
    }
    return this
  }

  /** @internal The connection is no longer this request's. Emits nothing. */
  detach(): void {
    this.destroyed = true
    clearTimeout(this.#timer)
  }

  /** @internal */
  get isWatched(): boolean {
    return this.listenerCount('close') > 0
  }
  /** @internal */
  release(): void {
    // As node's: a response whose 'finish' is emitted has no socket any more.
    if (this.#owner.res) (this.#owner.res as { socket: unknown }).socket = null
  }
  /** @internal */
  lost(error: Error | undefined): void {
    this.detach()
    this._hadError = true
    this.errored ??= transportFailure(error) ?? null
    if (this.errored && this.listenerCount('error') > 0) this.emit('error', this.errored)
  }
  /** @internal */
  tellClosed(): void {
    this.closed = true
    if (this.isWatched) this.emit('close', this.errored !== null)
  }
}

// A client of a trusted proxy has an address and no port; on a UNIX socket there is a path or nothing.
function addressOf({ address }: Endpoint): string | undefined {
  return isIP(address) === 0 ? undefined : address
}

function familyOf({ address }: Endpoint): string | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : `IPv${version}`
}
