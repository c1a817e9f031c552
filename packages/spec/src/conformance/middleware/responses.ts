import type { GatewayResponse } from '../../response.ts'
import { WatchedBody } from './watched-response.ts'

/** Long enough for a middleware that compresses to think it worth it. */
export const TEXT: string = '<p>The quick brown fox jumps over the lazy dog.</p>\n'.repeat(80)

/** A fresh record each time. */
export function htmlHeaders(): Record<string, string> {
  return { 'content-type': 'text/html; charset=utf-8' }
}

/** A body that ends, in pieces. */
export function pieces(text: string = TEXT): WatchedBody {
  const size = Math.ceil(text.length / 3)
  return new WatchedBody(() => [text.slice(0, size), text.slice(size, 2 * size), text.slice(2 * size)].values())
}

/** Pieces of a body that is far too long to be read ahead, in number. */
const LONG = 2000

/** A body that is long: 32 MB. */
export function longBody(): WatchedBody {
  return new WatchedBody(function* () {
    for (let count = 0; count < LONG; count += 1) yield TEXT.repeat(4)
  })
}

/** The same text in each kind of body. */
export function responses(): readonly GatewayResponse[] {
  return [TEXT, Buffer.from(TEXT), pieces()].map(body => ({ status: 200, headers: htmlHeaders(), body }))
}
