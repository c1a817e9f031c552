// The head of a response that a program writes to a socket by itself, read back.
import type { ResponseHeaders } from '@nsgi/spec'
import { invalidWrittenResponse } from '../node-errors.ts'
import { headOfArgument } from '../response-head.ts'

/** How the end of what follows a head is known (RFC 9112 §6.3). */
export type WrittenFraming = 'none' | 'length' | 'chunked' | 'close'

/** A head as it was written. */
export interface WrittenHead {
  readonly status: number
  readonly reason: string
  /** Without the fields that frame the message or belong to the connection, which are the server's. */
  readonly headers: ResponseHeaders
  readonly framing: WrittenFraming
  /** Bytes of content where `framing` is `length`. */
  readonly length: number
}

const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)(?: (.*))?$/

/** Reads a head, which is given without the empty line. Throws `NSGI_INVALID_WRITTEN_RESPONSE` for what is none, and as `setHeader` does. */
export function readWrittenHead(text: string, method: string): WrittenHead {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const matched = STATUS_LINE.exec(statusLine)
  if (matched === null) throw invalidWrittenResponse(`it begins with ${JSON.stringify(statusLine.slice(0, 80))}`)
  const fields = lines.flatMap(line => {
    const colon = line.indexOf(':')
    if (colon < 1) throw invalidWrittenResponse(`${JSON.stringify(line.slice(0, 80))} is no field`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const { headers, contentLength, chunked } = headOfArgument(fields)
  const status = Number(matched[1])
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const framing = bodiless ? 'none' : chunked ? 'chunked' : contentLength === null ? 'close' : 'length'
  const { upgrade: _upgrade, ...rest } = headers
  return { status, reason: matched[2] ?? '', headers: rest, framing, length: contentLength ?? 0 }
}
