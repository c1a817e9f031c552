import type { GatewayRequest } from '../request.ts'
import type { ResponseBody } from '../response.ts'
import { chunkBytes, describe, isIterable } from './chunk.ts'

/**
 * Reads the body of a request or a response to its end.
 *
 * Rejects with what the body fails with, and with a TypeError for a body or a piece of it that is neither a string nor
 * bytes.
 */
export async function collect(body: ResponseBody | GatewayRequest['body']): Promise<Uint8Array> {
  if (body === null || body === undefined) return new Uint8Array()
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return chunkBytes(body)
  if (!isIterable(body)) throw new TypeError(`a body is a string, bytes, an iterable or null, not ${describe(body)}`)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunkBytes(chunk))
  return Buffer.concat(chunks)
}

/** Reads a body to its end as UTF-8; rejects as `collect` does, and with a TypeError where the bytes are not UTF-8. */
export async function collectText(body: ResponseBody | GatewayRequest['body']): Promise<string> {
  return decodeText(await collect(body))
}

/** Strict UTF-8: a replacement character in the result would hide a fault in what is tested. A byte order mark stays. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
