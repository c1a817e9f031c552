// A client of HTTP/2 for tests: node's own, with all that comes for a request in one place.
import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'
import { certificate } from './certificates.ts'

/** What came for a request. */
export interface Http2Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Statuses and fields of what came before the head. */
  readonly informational: readonly IncomingHttpHeaders[]
  readonly body: Buffer
  /** `undefined` where none came. */
  readonly trailers: IncomingHttpHeaders | undefined
  /** The code that the stream was closed with. */
  readonly code: number
}

/** What to send behind the head. */
export interface Http2Content {
  readonly body?: string | Uint8Array
  readonly trailers?: OutgoingHttpHeaders
}

export class Http2Client {
  readonly session: ClientHttp2Session
  /** The code and the last stream of each GOAWAY. */
  readonly goaways: (readonly [code: number, last: number])[] = []
  private readonly closed: Promise<unknown>

  private constructor(session: ClientHttp2Session) {
    this.session = session
    this.closed = new Promise(resolve => session.on('close', resolve))
    session.on('error', () => undefined)
    session.on('goaway', (code, last) => this.goaways.push([code, last ?? -1]))
  }

  /** Connects to `http://127.0.0.1:port` by prior knowledge, to `https:` by ALPN. */
  static async open(
    origin: string,
    options: ClientSessionOptions | SecureClientSessionOptions = {},
  ): Promise<Http2Client> {
    const session = connect(origin, { ca: certificate('authority'), servername: 'localhost', ...options })
    const client = new Http2Client(session)
    await once(session, 'remoteSettings')
    return client
  }

  /** Sends a request and takes all that comes for it. */
  async request(headers: OutgoingHttpHeaders, content: Http2Content = {}): Promise<Http2Answer> {
    const isWhole = content.body === undefined && content.trailers === undefined
    const stream = this.begin(headers, { endStream: isWhole, waitForTrailers: content.trailers !== undefined })
    if (content.trailers !== undefined) {
      stream.on('wantTrailers', () => stream.sendTrailers(content.trailers as OutgoingHttpHeaders))
    }
    if (!isWhole) stream.end(content.body)
    return Http2Client.answer(stream)
  }

  /** Begins a request: its stream is for the test. */
  begin(headers: OutgoingHttpHeaders, options?: Parameters<ClientHttp2Session['request']>[1]): ClientHttp2Stream {
    const stream = this.session.request(headers, options)
    stream.on('error', () => undefined)
    return stream
  }

  /** All that comes on a stream, until it is closed. */
  static async answer(stream: ClientHttp2Stream): Promise<Http2Answer> {
    const informational: IncomingHttpHeaders[] = []
    const chunks: Buffer[] = []
    let head: IncomingHttpHeaders = {}
    let trailers: IncomingHttpHeaders | undefined
    stream.on('headers', (fields: IncomingHttpHeaders) => informational.push({ ...fields }))
    stream.on('response', fields => {
      head = { ...fields }
    })
    stream.on('trailers', fields => {
      trailers = { ...fields }
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    await new Promise(resolve => stream.on('close', resolve))
    const { ':status': status, ...headers } = head as IncomingHttpHeaders & { ':status'?: number }
    return { status: status ?? 0, headers, informational, body: Buffer.concat(chunks), trailers, code: stream.rstCode }
  }

  /** Resolves when the connection has closed. */
  async end(): Promise<void> {
    await this.closed
  }

  destroy(): void {
    this.session.destroy()
  }
}
