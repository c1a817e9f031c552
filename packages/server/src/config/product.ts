// What this server is called.
import { createRequire } from 'node:module'

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }

/** The server's name and version, as `--version` and the context show them. */
export const product: { readonly name: string; readonly version: string } = Object.freeze({ name: 'kirin', version })
