import type { ResponseHeaders } from '@nsgi/spec'
import { trailersOf } from './response-head.ts'

/** An informational response (1xx). */
export interface Information {
  readonly status: number
  readonly headers: ResponseHeaders
}

/** Reads back the text that node's `writeEarlyHints`, `writeProcessing`, `writeContinue` and `writeInformation` render. */
export function parseInformation(text: string): Information {
  const lineEnd = text.indexOf('\r\n')
  return {
    status: Number(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3)),
    headers: trailersOf(text.slice(lineEnd + 2)) ?? {},
  }
}
