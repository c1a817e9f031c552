// Tells HTTP/2 by prior knowledge (RFC 9113 §3.3) from HTTP/1 by the first bytes of a connection.

/** How a client of HTTP/2 begins. No other method begins so: RFC 9113 §11.6 keeps PRI for this. */
const START = 'PRI '

/** What the first bytes of a connection are; `unsure` while there are too few. */
export type FirstBytes = 'http1' | 'http2' | 'unsure'

/** Looks at the first bytes of a connection. */
export function firstBytes(bytes: Buffer): FirstBytes {
  const length = Math.min(bytes.length, START.length)
  for (let i = 0; i < length; i++) if (bytes[i] !== START.charCodeAt(i)) return 'http1'
  return length === START.length ? 'http2' : 'unsure'
}
