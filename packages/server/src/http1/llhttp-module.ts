// The compiled parser: generated/llhttp.wasm is written by the build (build/llhttp-module.mjs).
import { readFileSync } from 'node:fs'

// Neither the es2023 library nor @types/node 20 declares WebAssembly: this is the part that is used here.
interface WebAssemblyGlobal {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: Record<string, object>) => { readonly exports: object }
}
const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal }

/** What llhttp's WebAssembly build exports, as far as it is used here. Pointers and lengths are in bytes. */
export interface LlhttpExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  _initialize(): void
  malloc(bytes: number): number
  llhttp_alloc(type: number): number
  llhttp_free(parser: number): void
  llhttp_reset(parser: number): void
  llhttp_execute(parser: number, at: number, length: number): number
  llhttp_resume(parser: number): void
  llhttp_get_error_pos(parser: number): number
  llhttp_get_error_reason(parser: number): number
}

/** The callbacks that llhttp's WebAssembly build imports. A result other than 0 stops the parser with that error. */
export interface LlhttpImports {
  wasm_on_message_begin(parser: number): number
  wasm_on_url(parser: number, at: number, length: number): number
  wasm_on_status(parser: number, at: number, length: number): number
  wasm_on_header_field(parser: number, at: number, length: number): number
  wasm_on_header_value(parser: number, at: number, length: number): number
  wasm_on_headers_complete(parser: number, status: number, upgrade: number, keepAlive: number): number
  wasm_on_body(parser: number, at: number, length: number): number
  wasm_on_message_complete(parser: number): number
}

/** The type of message that `llhttp_alloc` makes a parser for. */
export const TYPE_REQUEST: number = 1

/** llhttp's results (`llhttp_errno_t`) that the binding decides on. */
export const ERRNO = {
  OK: 0,
  UNEXPECTED_CONTENT_LENGTH: 4,
  INVALID_METHOD: 6,
  INVALID_URL: 7,
  INVALID_CONSTANT: 8,
  INVALID_VERSION: 9,
  INVALID_CONTENT_LENGTH: 11,
  INVALID_TRANSFER_ENCODING: 15,
  PAUSED: 21,
  PAUSED_H2_UPGRADE: 23,
  USER: 24,
} as const

/** Makes the process's one instance of the parser, calling `imports`. */
export function instantiateLlhttp(imports: LlhttpImports): LlhttpExports {
  const module = new WebAssembly.Module(readFileSync(new URL('../../generated/llhttp.wasm', import.meta.url)))
  const instance = new WebAssembly.Instance(module, { env: { ...imports } })
  const exports = instance.exports as unknown as LlhttpExports
  exports._initialize()
  return exports
}
