// What every server and adapter has to know about fields. Beside the interface, not part of it: `@nsgi/spec/fields`.

/** What a trailer section must not carry: framing, routing, authentication, controls, content (RFC 9110 §6.5.1). */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'host',
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
])

/** Whether a field may stand in a trailer section (NSGI RES-30, BOD-10); `name` is in lower case. */
export function isTrailerName(name: string): boolean {
  return !NEVER_TRAILERS.has(name)
}
