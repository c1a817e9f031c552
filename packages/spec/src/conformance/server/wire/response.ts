// Reads responses as strictly as RFC 9112 writes them. It is no lenient client: what is merely tolerated in the field is a
// failure here.
import { fail } from '../../failure.ts'
import type { ByteReader } from './byte-reader.ts'

/** How the end of a body was known. */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

/** The head of a response. */
export interface ResponseHead {
  readonly version: string
  readonly status: number
  readonly reason: string
  /** In order, names as sent, values without the white space around them, latin1. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** A response, whole. */
export interface ReceivedResponse extends ResponseHead {
  readonly framing: Framing
  readonly body: Buffer
  /** The chunks of a chunked body, as they were framed. */
  readonly chunks: readonly Buffer[]
  readonly trailers: ResponseHead['fields']
}

const STATUS_LINE = /^(HTTP\/1\.[01]) ([1-5]\d\d) ([\t \x21-\x7e\x80-\xff]*)$/
const FIELD_LINE =
  /^([!#$%&'*+.^_`|~\w-]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/
const CHUNK_LINE = /^([\da-fA-F]{1,12})(?:;[\t \x21-\x7e\x80-\xff]*)?$/

/** Every value of a field, in order; the name in lower case. */
export function valuesOf(head: Pick<ResponseHead, 'fields'>, name: string): readonly string[] {
  return head.fields.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value)
}

/** The only value of a field; `undefined` where there is none, a failure where there are several. */
export function valueOf(head: Pick<ResponseHead, 'fields'>, name: string): string | undefined {
  const values = valuesOf(head, name)
  if (values.length > 1) fail(`the field ${name} came ${values.length} times`, { seen: values.join('\n') })
  return values[0]
}

/** Whether the server said that it will close the connection. */
export function saysClose(head: Pick<ResponseHead, 'fields'>): boolean {
  return valuesOf(head, 'connection').some(value => /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value))
}

/** Reads one head, informational or final. */
export async function readHead(reader: ByteReader): Promise<ResponseHead> {
  const line = await reader.line('a status line')
  const match = STATUS_LINE.exec(line)
  if (match === null) fail('this is no status line (RFC 9112 §4)', { seen: line })
  const [, version = '', status = '', reason = ''] = match
  return { version, status: Number(status), reason, fields: await readFields(reader) }
}

/**
 * Reads one final response. Informational ones before it are a failure: cases that expect them use {@link readHead}.
 *
 * @param method of the request: it decides about the body
 */
export async function readResponse(reader: ByteReader, method: string): Promise<ReceivedResponse> {
  const head = await readHead(reader)
  if (head.status < 200) fail(`an informational response (${head.status}) came where the final one was due`)
  return readBody(reader, { head, method })
}

/** Reads what follows a final head. */
export async function readBody(
  reader: ByteReader,
  { head, method }: { readonly head: ResponseHead; readonly method: string },
): Promise<ReceivedResponse> {
  const framing = framingOf(head, method)
  const rest = { framing, body: Buffer.alloc(0), chunks: [], trailers: [] }
  switch (framing) {
    case 'none':
      return { ...head, ...rest }
    case 'length':
      return { ...head, ...rest, body: await reader.bytes(Number(valueOf(head, 'content-length')), 'the whole body') }
    case 'close':
      return { ...head, ...rest, body: await reader.toEnd('the end of the body') }
    case 'chunked': {
      const chunks = await readChunks(reader)
      return { ...head, framing, chunks, body: Buffer.concat(chunks), trailers: await readFields(reader) }
    }
  }
}

/** How the body of a response is framed (RFC 9112 §6.3); a head that leaves that in doubt is a failure. */
export function framingOf(head: ResponseHead, method: string): Framing {
  const length = valueOf(head, 'content-length')
  const coding = valueOf(head, 'transfer-encoding')
  if (length !== undefined && !/^\d{1,15}$/.test(length)) fail('this is no content-length', { seen: length })
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') fail('this is no transfer-encoding', { seen: coding })
  if (length !== undefined && coding !== undefined) fail('a response has both content-length and transfer-encoding')
  if (coding !== undefined && head.version === 'HTTP/1.0') fail('a response of HTTP/1.0 has a transfer-encoding')
  if (head.status < 200 || head.status === 204) {
    if (length !== undefined || coding !== undefined) fail(`a ${head.status} has a framing field (RFC 9110 §8.6)`)
    return 'none'
  }
  if (method === 'HEAD' || head.status === 304) return 'none'
  if (method === 'CONNECT' && head.status < 300) return 'none'
  if (coding !== undefined) return 'chunked'
  return length === undefined ? 'close' : 'length'
}

async function readFields(reader: ByteReader): Promise<ResponseHead['fields']> {
  const fields: [string, string][] = []
  for (;;) {
    const line = await reader.line('a field or the end of the head')
    if (line === '') return fields
    const match = FIELD_LINE.exec(line)
    if (match === null) fail('this is no field (RFC 9112 §5)', { seen: line })
    fields.push([match[1] ?? '', match[2] ?? ''])
  }
}

async function readChunks(reader: ByteReader): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = await readChunk(reader)
    if (chunk.length === 0) return chunks
    chunks.push(chunk)
  }
}

/** Reads one chunk; empty for the last one, whose trailers are still to be read. */
export async function readChunk(reader: ByteReader): Promise<Buffer> {
  const line = await reader.line('the size of a chunk')
  const match = CHUNK_LINE.exec(line)
  if (match === null) fail('this is no size of a chunk (RFC 9112 §7.1)', { seen: line })
  const size = Number.parseInt(match[1] ?? '', 16)
  if (size === 0) return Buffer.alloc(0)
  const chunk = await reader.bytes(size, 'the whole chunk')
  const end = await reader.bytes(2, 'the CRLF behind a chunk')
  if (end.toString('latin1') !== '\r\n') fail('a chunk does not end in CRLF', { seen: Buffer.concat([chunk, end]) })
  return chunk
}
