// The options of http.createServer that this engine cannot keep to.
import type { ServerOptions } from 'node:http'

const refusals: readonly (readonly [option: keyof ServerOptions, value: unknown, why: string])[] = [
  [
    'insecureHTTPParser',
    true,
    'this engine has no lenient parser: what it refuses is what request smuggling is made of',
  ],
  ['requireHostHeader', false, 'this engine answers HTTP/1.1 without Host with 400 (RFC 9112 §3.2)'],
]

/** Throws `KIRIN_UNSUPPORTED_OPTION` for an option that would be silently ignored. */
export function refuseUnsupported(options: ServerOptions): void {
  for (const [option, value, why] of refusals) {
    if (options[option] !== value) continue
    const error = new Error(`http.createServer({ ${option}: ${String(value)} }): ${why}`)
    throw Object.assign(error, { code: 'KIRIN_UNSUPPORTED_OPTION' })
  }
}
