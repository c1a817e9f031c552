// Writes generated/llhttp.wasm: the WebAssembly module that the package llhttp-wasm embeds, and the licences it comes under. Only the
// compiled parser is taken; the package's own JavaScript wrapper is not used (docs/decisions/0002).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const Module = WebAssembly.Module
let captured

// The wrapper compiles its embedded bytes when the first parser is made: catch them there.
WebAssembly.Module = class extends Module {
  constructor(bytes) {
    captured = Uint8Array.from(bytes)
    super(bytes)
  }
}
const require = createRequire(import.meta.url)
require('llhttp-wasm').createParser(1)
WebAssembly.Module = Module

if (captured === undefined || !WebAssembly.validate(captured)) {
  throw new Error('llhttp-wasm handed no valid module to WebAssembly.Module: has the package changed?')
}
const folder = new URL('../generated/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('llhttp.wasm', folder), captured)

// The module is published with this package, so its notices must be too. The package carries its own licence; llhttp,
// which it compiled, is under the same one.
const licence = readFileSync(require.resolve('llhttp-wasm/LICENSE'), 'utf8')
writeFileSync(
  new URL('llhttp.LICENSE', folder),
  `llhttp.wasm is the parser llhttp, Copyright Fedor Indutny, 2018, compiled to WebAssembly by the package llhttp-wasm.
Both are under the MIT licence:

${licence}`,
)
