// What node's HTTP/2 is told about limits. It guards against floods of pings, settings, empty and invalid frames, and of
// CONTINUATION by itself (CVE-2019-9511 to 9518, CVE-2024-27983); these are its figures where nothing is said here.
import type { ServerOptions } from 'node:http2'

/** What an operator may set. */
export interface Http2Settings {
  /** Requests that a client may have under way on one connection (RFC 9113 §6.5.2). */
  readonly maxConcurrentStreams: number
  /** Bytes of a request body that a client may send before any of it was read. */
  readonly initialWindowSize: number
  /** Bytes in one frame that a client may send. */
  readonly maxFrameSize: number
  /** Whether clients are told that a stream may become a WebSocket (RFC 8441); what was said cannot be taken back. */
  readonly extendedConnect: boolean
}

/** gunicorn's defaults, which are those of the protocol but for the number of streams: it has no limit of its own. */
export const DEFAULT_HTTP2_SETTINGS: Http2Settings = {
  maxConcurrentStreams: 100,
  initialWindowSize: 65_535,
  maxFrameSize: 16_384,
  extendedConnect: false,
}

/** Bytes of all the fields of a head together, 32 added for each (RFC 9113 §6.5.2); over that the stream is reset. */
const HEADER_LIST_SIZE = 64 * 1024

/** Field lines in a head before the stream is reset. More than any limit on fields, which are told by a 431, and than node's 128. */
const HEADER_LIST_PAIRS = 2_048

/** Options for a session with a client. */
export function sessionOptions({ extendedConnect, ...settings }: Http2Settings): ServerOptions {
  return {
    maxHeaderListPairs: HEADER_LIST_PAIRS,
    settings: {
      ...settings,
      maxHeaderListSize: HEADER_LIST_SIZE,
      enablePush: false,
      ...(extendedConnect ? { enableConnectProtocol: true } : {}),
    },
  }
}
