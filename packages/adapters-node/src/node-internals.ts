// The seams of node's own classes that this package stands on: undocumented, but what every version from 20 to 26
// calls by name, and what middleware has patched and read for a decade. All of them are declared here and nowhere else.
import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { RequestSocket } from './request-socket.ts'

/** Called when what was sent has gone out, or with the error that prevented it. */
export type SendCallback = (error?: Error | null) => void

/** What `writeHead` passes to `_storeHeader` when no header was set before: as the handler gave it. */
export type RawHeaders = OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | undefined

/** What `setHeader` was given: a name as it was given and its value, by the name in lower case. */
export type HeaderStore = Readonly<Record<string, readonly [string, unknown]>>

/** Where a response keeps its header store, which is `null` before the first `setHeader`. */
export const storeMember: symbol | undefined = Object.getOwnPropertySymbols(
  new ServerResponse({ method: 'GET' } as IncomingMessage),
).find(({ description }) => description === 'kOutHeaders')

/** The inner members of `http.IncomingMessage`. */
export interface IncomingInternals {
  /** Sets `rawHeaders`, or `rawTrailers` once `complete`, as the parser does; the records are built when read. */
  _addHeaderLines(flat: readonly string[], count: number): void
  /** Whether somebody has begun to read; else the body is dumped when the response is over. */
  _consuming: boolean
  readonly _readableState: {
    readingMore: boolean
    readonly resumeScheduled: boolean
    readonly readableListening: boolean
  }
  /** Reads what nobody will: from Node 26 on at once where nothing is missing. */
  _dump(): void
}

/** The inner members of `http.ServerResponse`. */
export interface OutgoingInternals {
  /** The head as text once it is fixed, `null` before. `headersSent` is derived from it. */
  _header: string | null
  _headerSent: boolean
  _closed: boolean
  _hasBody: boolean
  _contentLength: number | null
  readonly _removedContLen: boolean
  /** Whether the connection ends with it. */
  readonly _last: boolean
  /** Trailer lines as `addTrailers` rendered them. */
  readonly _trailer: string
  readonly outputData: { data: string; encoding: string; callback: null }[]
  finished: boolean
  destroyed: boolean
  /** Fixes the head: called by `writeHead` with the status line and either the header store or its own argument. */
  _storeHeader(statusLine: string, headers: RawHeaders): void
  /** Everything that `write`, `end` and `flushHeaders` let out. */
  _send(data: string | Uint8Array, encoding?: string | null, callback?: SendCallback | null): boolean
  /** Everything that goes out before the head: informational responses, as text. */
  _writeRaw(data: string, encoding?: string | null, callback?: SendCallback | null): boolean
  /** Emits 'prefinish' and ends node's own measurements. */
  _finish(): void
  /** Passes `outputData` on to the socket; emits 'drain' if a write had returned false. */
  _flush(): void
}

/** A request with its inner members, its socket being the stand-in. */
export type NodeRequest = Omit<IncomingMessage, 'socket'> & IncomingInternals & { readonly socket: RequestSocket }

/** A response with its inner members, its socket being the stand-in. */
export type NodeResponse = Omit<ServerResponse, 'socket' | 'destroyed'> &
  OutgoingInternals & { readonly socket: RequestSocket }
