// A client that sends the bytes it is given and reads the bytes it gets.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One response as it was on the wire. */
export interface RawResponse {
  readonly statusLine: string
  /** Name and value in order, names as received. */
  readonly headers: readonly (readonly [string, string])[]
  /** Decoded from its framing, as latin1. */
  readonly body: string
  readonly trailers: readonly (readonly [string, string])[]
  /** The connection ended before the framing said that the body does. */
  readonly truncated: boolean
}

export class RawClient {
  readonly socket: Socket
  #received = ''
  #ended: Promise<unknown>

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#received += text
      socket.emit('received')
    })
    // A server that drops the connection may do so with a reset: the bytes before it are what counts.
    socket.on('error', () => {})
    this.#ended = once(socket, 'close')
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  send(bytes: string | Buffer): void {
    this.socket.write(bytes, 'latin1')
  }

  /** Waits until what was received so far contains a text. */
  async seen(text: string): Promise<string> {
    while (!this.#received.includes(text)) {
      if (this.socket.closed)
        throw new Error(`closed before ${JSON.stringify(text)}: ${JSON.stringify(this.#received)}`)
      await Promise.race([once(this.socket, 'received'), this.#ended])
    }
    return this.#received
  }

  /** Waits until the server has closed the connection; everything it sent. */
  async toEnd(): Promise<string> {
    await this.#ended
    return this.#received
  }

  /** The client is gone, without a goodbye. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** Cuts what was received into responses; informational ones are responses too. `methods` says which were HEAD. */
export function parseResponses(received: string, methods: readonly string[] = []): RawResponse[] {
  const responses: RawResponse[] = []
  let rest = received
  let answered = 0
  while (rest !== '') {
    const { response, rest: after } = parseResponse(rest, methods[answered] ?? 'GET')
    responses.push(response)
    if (!response.statusLine.startsWith('HTTP/1.1 1')) answered++
    rest = after
  }
  return responses
}

function parseResponse(text: string, method: string): { response: RawResponse; rest: string } {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) throw new Error(`no whole head in ${JSON.stringify(text)}`)
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const headers = lines.map(fieldOf)
  const rest = text.slice(headEnd + 4)
  const status = Number(statusLine.split(' ')[1])
  const whole = { statusLine, headers, body: '', trailers: [], truncated: false }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { response: whole, rest }
  const of = (name: string): string | undefined => headers.find(([field]) => field.toLowerCase() === name)?.[1]
  if (of('transfer-encoding') === 'chunked') {
    const chunked = parseChunked(rest)
    return { response: { ...whole, ...chunked }, rest: chunked.rest }
  }
  const length = of('content-length')
  if (length === undefined) return { response: { ...whole, body: rest }, rest: '' }
  const body = rest.slice(0, Number(length))
  return { response: { ...whole, body, truncated: body.length < Number(length) }, rest: rest.slice(Number(length)) }
}

function parseChunked(text: string): Pick<RawResponse, 'body' | 'trailers' | 'truncated'> & { rest: string } {
  let body = ''
  let rest = text
  for (;;) {
    const lineEnd = rest.indexOf('\r\n')
    const size = Number.parseInt(rest.slice(0, lineEnd), 16)
    // Not a number is no chunk either.
    if (lineEnd < 0 || !(rest.length >= lineEnd + 2 + size + 2))
      return { body: body + rest.slice(lineEnd + 2), trailers: [], truncated: true, rest: '' }
    if (size === 0) return { body, ...parseTrailers(rest.slice(lineEnd + 2)) }
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size)
    rest = rest.slice(lineEnd + 2 + size + 2)
  }
}

function parseTrailers(text: string): Pick<RawResponse, 'trailers' | 'truncated'> & { rest: string } {
  if (text.startsWith('\r\n')) return { trailers: [], truncated: false, rest: text.slice(2) }
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return { trailers: [], truncated: true, rest: '' }
  return { trailers: text.slice(0, end).split('\r\n').map(fieldOf), truncated: false, rest: text.slice(end + 4) }
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}
