// What two servers must have in common about a response.
import { createHash } from 'node:crypto'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { finalResponse, type Observed, type RawResponse } from './raw-client.ts'

/** The clock, how a connection is kept, and where the framing fields stand are a server's own business. */
const ofTheServer = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding'])

/** Bodies beyond this many characters are compared by their hash: a report must stay readable. */
const READABLE = 600

/** Content codings whose bytes depend on where the chunks were cut; what they hold does not. */
const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

/** What came back on a connection, as it is compared. */
export function observed(received: Buffer, method?: string): Observed {
  const response = finalResponse(received, method)
  if (response === undefined) {
    return {
      statusLine: 'none',
      headers: [],
      framing: 'none',
      closes: true,
      body: received.toString('latin1'),
      truncated: true,
    }
  }
  const of = (name: string): string | undefined => response.headers.find(([field]) => field === name)?.[1]
  const length = of('content-length')
  return {
    statusLine: response.statusLine,
    headers: response.headers.filter(([name]) => !ofTheServer.has(name)).map(field => field.join(': ')),
    framing: length === undefined ? (of('transfer-encoding') ?? 'none') : `length ${length}`,
    closes: /close/i.test(of('connection') ?? ''),
    body: readable(decoded(response)),
    truncated: response.truncated,
  }
}

function decoded({ headers, body, truncated }: RawResponse): Buffer {
  const coding = headers.find(([name]) => name === 'content-encoding')?.[1]
  const decode = coding === undefined || truncated || body.length === 0 ? undefined : decoders[coding]
  return decode === undefined ? body : decode(body)
}

function readable(body: Buffer): string {
  const text = body.toString('utf8')
  if (text.length <= READABLE) return text
  return `${body.length} bytes, ${createHash('sha1').update(body).digest('hex')}`
}
