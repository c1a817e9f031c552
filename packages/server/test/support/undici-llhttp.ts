// undici's build of llhttp, driven in the plainest way: one instance a message stream, every callback
// copied out at once, fields joined from their pieces. What our binding is compared with.
import { createRequire } from 'node:module'
import type { LlhttpExports } from '../../src/http1/llhttp-module.ts'

export interface ReferenceMessage {
  method: string
  target: string
  fields: string[]
  trailers: string[]
  body: string
}

interface UndiciExports extends LlhttpExports {
  llhttp_method_name(method: number): number
  llhttp_get_method(parser: number): number
}

interface WebAssemblyHere {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyHere }
const bytes = createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js') as Uint8Array
const module = new WebAssembly.Module(bytes)

/** llhttp's verdict on a stream: its messages, and the number of its error, 0 without one. */
export function parseWithUndici(input: string): { messages: ReferenceMessage[]; errno: number } {
  const messages: ReferenceMessage[] = []
  const current = (): ReferenceMessage => messages.at(-1) as ReferenceMessage
  let withinTrailers = false
  let lastWasValue = true
  const text = (at: number, length: number): string => Buffer.from(llhttp.memory.buffer, at, length).toString('latin1')
  const field = (at: number, length: number, isValue: boolean): number => {
    const list = withinTrailers ? current().trailers : current().fields
    if (isValue === lastWasValue) list[list.length - 1] += text(at, length)
    else list.push(text(at, length))
    lastWasValue = isValue
    return 0
  }
  const env = {
    wasm_on_message_begin: () => {
      messages.push({ method: '', target: '', fields: [], trailers: [], body: '' })
      withinTrailers = false
      lastWasValue = true
      return 0
    },
    wasm_on_status: () => 0,
    wasm_on_url: (_parser: number, at: number, length: number) => {
      current().target += text(at, length)
      return 0
    },
    wasm_on_header_field: (_parser: number, at: number, length: number) => field(at, length, false),
    wasm_on_header_value: (_parser: number, at: number, length: number) => field(at, length, true),
    wasm_on_headers_complete: (parser: number) => {
      const name = llhttp.llhttp_method_name(llhttp.llhttp_get_method(parser))
      current().method = text(name, Buffer.from(llhttp.memory.buffer).indexOf(0, name) - name)
      withinTrailers = true
      return 0
    },
    wasm_on_body: (_parser: number, at: number, length: number) => {
      current().body += text(at, length)
      return 0
    },
    wasm_on_message_complete: () => 0,
  }
  const llhttp = new WebAssembly.Instance(module, { env }).exports as UndiciExports
  llhttp._initialize()
  const parser = llhttp.llhttp_alloc(1)
  const at = llhttp.malloc(input.length)
  Buffer.from(llhttp.memory.buffer).write(input, at, 'latin1')
  let errno = llhttp.llhttp_execute(parser, at, input.length)
  // A paused upgrade is no error: the stream goes on as if it was not taken.
  while (errno === PAUSED_UPGRADE) {
    const next = llhttp.llhttp_get_error_pos(parser)
    ;(llhttp as unknown as { llhttp_resume_after_upgrade(parser: number): void }).llhttp_resume_after_upgrade(parser)
    errno = llhttp.llhttp_execute(parser, next, at + input.length - next)
  }
  return { messages, errno }
}

const PAUSED_UPGRADE = 22
