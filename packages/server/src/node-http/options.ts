// The options of http.createServer that this engine cannot keep to.
import type { ServerOptions } from 'node:http'

const LENIENT = 'this engine has no lenient parser: what it refuses is what request smuggling is made of'

/** What a server may be asked for: also the options of versions later than node's types here. */
type Options = ServerOptions & { readonly httpValidation?: string }

const refusals: readonly (readonly [option: keyof Options, value: unknown, why: string])[] = [
  ['insecureHTTPParser', true, LENIENT],
  ['httpValidation', 'insecure', LENIENT],
  ['httpValidation', 'relaxed', LENIENT],
]

/** Throws `KIRIN_UNSUPPORTED_OPTION` for an option that would be silently ignored. */
export function refuseUnsupported(options: Options): void {
  for (const [option, value, why] of refusals) {
    if (options[option] !== value) continue
    const error = new Error(`http.createServer({ ${option}: ${String(value)} }): ${why}`)
    throw Object.assign(error, { code: 'KIRIN_UNSUPPORTED_OPTION' })
  }
}
