// What an exchange knows of the socket that its messages show.
import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A socket as far as messages use it themselves. */
export interface ShownSocket extends EventEmitter {
  destroy(error?: Error): unknown
}

/** The link from an exchange to `req.socket`: a stand-in that ends with the request, or the connection's own socket. */
export interface SocketLink {
  /** What the program sees. */
  readonly shown: ShownSocket
  readonly destroyed: boolean
  readonly writableHighWaterMark: number
  /** Bytes written by the handler that the server has not yet taken and passed on. */
  writableLength: number
  /** Whether somebody wants to know when it is closed. */
  readonly isWatched: boolean
  /** Called once, with the response that is written through it. */
  belongsTo(response: ServerResponse): void
  /** A byte went either way. */
  touch(): void
  /** All of the response is out; its last events follow. */
  release(): void
  /** The client is lost, because of `error` if that is known. */
  lost(error: Error | undefined): void
  /** The connection is no longer this request's. Emits nothing. */
  detach(): void
  /** Emits what closing emits. */
  tellClosed(): void
}
