// Limits of the HTTP/1 engine that an operator may set, and fixed ones with the reason for their value.

/** Limits on the head of a request, in bytes or in fields; over the first 414, over the others 431. */
export interface HeadLimits {
  /** The request line without its CRLF, in bytes. */
  readonly requestLine: number
  /** How many field lines. */
  readonly fieldCount: number
  /** One field line (name, colon and value, without its CRLF), in bytes. */
  readonly fieldSize: number
  /** All of it, from the request line to the empty line, in bytes. */
  readonly headSize: number
}

/** What an operator may limit of a request. */
export interface RequestLimits extends HeadLimits {
  /** Bytes of a body, transfer codings removed; 0 for no limit. Over it 413. */
  readonly bodySize: number
}

/**
 * gunicorn's defaults for line and fields: long enough for any browser, short enough that a head is no way to fill memory.
 * Those three alone would allow 800 KiB; the whole head gets 64 KiB, between node:http's 16 KiB and that. Bodies are
 * streamed: how much of one is too much, only the application knows.
 */
export const DEFAULT_LIMITS: RequestLimits = {
  requestLine: 4094,
  fieldCount: 100,
  fieldSize: 8190,
  headSize: 64 * 1024,
  bodySize: 0,
}

/**
 * Bytes of a request body that wait for the application before reading stops: one read of the socket,
 * so that a body that arrives in one piece never costs a pause.
 */
export const BODY_HIGH_WATER: number = 64 * 1024

/**
 * Pieces of a request body that wait are joined up to this size. A piece of one byte takes a hundred times its size in memory: without it a
 * client that sends such chunks would have megabytes wait where {@link BODY_HIGH_WATER} allows 64 KiB.
 */
export const JOINED_PIECES: number = 4 * 1024

/**
 * Pieces of a request body that come in one read, or wait, are left as the client cut them up to this number, which is how programs know them from
 * node:http. More of them than that in 64 KiB are worth joining.
 */
export const SEPARATE_PIECES: number = 64

/** Bytes behind the request under way (what is pipelined, unparsed) that wait before reading stops: one read of the socket. */
export const HELD_HIGH_WATER: number = 64 * 1024

/**
 * Bytes of an unread request body that are thrown away to keep a connection alive. More than that costs
 * more than a new connection; nginx's and Apache's figures are of the same order.
 */
export const DISCARD_LIMIT: number = 256 * 1024

/**
 * Bytes of chunk framing (sizes, extensions, trailers) between two bytes of data. Node allows 16 KiB of
 * extensions (CVE-2024-22019: unbounded ones were a denial of service).
 */
export const CHUNK_OVERHEAD_LIMIT: number = 16 * 1024

/** Empty lines before a request line: RFC 9112 §2.2 asks for at least one to be ignored. */
export const LEADING_EMPTY_LINES: number = 2

/**
 * A body or a chunk of one up to this size is copied behind its head or framing: cheaper than a vectored write. Above it the memory for
 * the copy no longer comes out of node's pool, and costs more than all else (64 KiB: twice the processor time of the whole request).
 */
export const COPY_LIMIT: number = 4 * 1024
