// A client that shows what was on the wire: node's own would already have interpreted it.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A request as a scenario writes it. */
export interface RequestShape {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Sends the body in chunks of so many bytes, without saying its length. */
  readonly chunks?: number
  readonly version?: '1.0' | '1.1'
}

/** A response as it was on the wire. */
export interface RawResponse {
  readonly statusLine: string
  /** Name and value, names in lower case: the gateway carries no other case. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
  /** The connection ended before the framing said that the body does. */
  readonly truncated: boolean
}

/** The bytes of a request, on a connection that ends with it. */
export function requestBytes(shape: RequestShape): Buffer {
  const { method = 'GET', path, headers = {}, version = '1.1', chunks } = shape
  const body = Buffer.from(shape.body ?? '')
  const framing =
    shape.body === undefined ? '' : chunks ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${body.length}\r\n`
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${path} HTTP/${version}\r\nHost: test.local\r\n${fields.join('')}${framing}Connection: close\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), ...(chunks ? chunked(body, chunks) : [body])])
}

function chunked(body: Buffer, size: number): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size)
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'))
  }
  return [...parts, Buffer.from('0\r\n\r\n')]
}

/** Sends bytes, and reads until the server closes the connection; one that means to keep it is left once its response is whole. */
export async function converse(port: number, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1')
  const received = receive(socket)
  socket.write(bytes)
  return received
}

async function receive(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = []
  socket.on('data', part => {
    parts.push(part)
    if (part.length < MESSAGE_END && isKept(Buffer.concat(parts))) socket.end()
  })
  // A server that drops the connection may do so with a reset: what came before it is what counts.
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return Buffer.concat(parts)
}

/** A part that fills a read is not the last of a response: no need to look at what is there so far. */
const MESSAGE_END = 65_536

function isKept(received: Buffer): boolean {
  const response = finalResponse(received)
  if (response === undefined || response.truncated) return false
  const of = (name: string): string | undefined => response.headers.find(([field]) => field === name)?.[1]
  return (
    of('connection')?.toLowerCase() === 'keep-alive' && (of('content-length') ?? of('transfer-encoding')) !== undefined
  )
}

/** Cuts what was received into the final response; `undefined` if there is none. Informational responses are the server's affair. */
export function finalResponse(received: Buffer, method = 'GET'): RawResponse | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n')
  const rest = received.subarray(headEnd + 4)
  if (/^HTTP\/1\.1 1(?!01)/.test(statusLine)) return finalResponse(rest, method)
  const headers = lines.map(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const status = Number(statusLine.split(' ')[1])
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  return { statusLine, headers, ...(bodiless ? { body: rest, truncated: false } : unframed(headers, rest)) }
}

function unframed(headers: RawResponse['headers'], bytes: Buffer): Pick<RawResponse, 'body' | 'truncated'> {
  const of = (name: string): string | undefined => headers.find(([field]) => field === name)?.[1]
  if (of('transfer-encoding') === 'chunked') return unchunked(bytes)
  const length = of('content-length')
  return { body: bytes, truncated: length !== undefined && bytes.length < Number(length) }
}

function unchunked(bytes: Buffer): Pick<RawResponse, 'body' | 'truncated'> {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const end = lineEnd + 2 + size
    if (Number.isNaN(size) || bytes.length < end + 2) return { body: Buffer.concat(parts), truncated: true }
    if (size === 0) return { body: Buffer.concat(parts), truncated: false }
    parts.push(bytes.subarray(lineEnd + 2, end))
    at = end + 2
  }
}

/** What is compared of a response. */
export interface Observed {
  readonly statusLine: string
  readonly headers: readonly string[]
  readonly framing: string
  readonly closes: boolean
  readonly body: string
  readonly truncated: boolean
}
