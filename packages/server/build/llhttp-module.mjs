// Writes generated/llhttp.wasm: the WebAssembly module that the package llhttp-wasm embeds. Only the
// compiled parser is taken; the package's own JavaScript wrapper is not used (docs/decisions/0002).
import { mkdirSync, writeFileSync } from 'node:fs'
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
createRequire(import.meta.url)('llhttp-wasm').createParser(1)
WebAssembly.Module = Module

if (captured === undefined || !WebAssembly.validate(captured)) {
  throw new Error('llhttp-wasm handed no valid module to WebAssembly.Module: has the package changed?')
}
const folder = new URL('../generated/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('llhttp.wasm', folder), captured)
