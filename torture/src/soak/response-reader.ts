// A strict reader of responses for a client that knows what it asked for: what it does not expect, it throws at.

/** A response that was read to its end. */
export interface ReadResponse {
  readonly status: number
  /** By lower-case name; of fields that repeat, the last. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
  readonly trailers: ReadonlyMap<string, string>
  /** Statuses of the informational responses before it. */
  readonly informational: readonly number[]
}

type Stage = 'head' | 'length' | 'size' | 'data' | 'data end' | 'trailers' | 'until close'

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [\t -~\x80-\xff]*$/
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~\w]+): ?(.*)$/s

export class ResponseReader {
  /** Responses that are whole, in order. */
  readonly responses: ReadResponse[] = []
  /** Statuses of informational responses since the last of those. */
  informational: number[] = []
  private readonly methods: readonly string[]
  private stage: Stage = 'head'
  private pending: Buffer = Buffer.alloc(0)
  private status = 0
  private headers = new Map<string, string>()
  private body: Buffer[] = []
  private remaining = 0

  /** @param methods of the requests, in order: the response to HEAD has no content */
  constructor(methods: readonly string[]) {
    this.methods = methods
  }

  /** Whether nothing of a further response has come. */
  get isBetween(): boolean {
    return this.stage === 'head' && this.pending.length === 0 && this.informational.length === 0
  }

  push(chunk: Buffer): void {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk])
    while (this.step());
  }

  /** The server has closed its side: what ends a body without a length, and breaks off any other. */
  end(): void {
    if (this.stage === 'until close') this.complete(new Map())
    else if (!this.isBetween) throw new Error(`broke off in ${this.stage} of response ${this.responses.length}`)
  }

  private step(): boolean {
    switch (this.stage) {
      case 'head':
        return this.readHead()
      case 'length':
      case 'data':
        return this.readData()
      case 'size':
        return this.readSize()
      case 'data end':
        return this.readDataEnd()
      case 'trailers':
        return this.readTrailers()
      case 'until close':
        this.body.push(this.pending)
        this.pending = Buffer.alloc(0)
        return false
    }
  }

  private readHead(): boolean {
    const end = this.pending.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [line = '', ...fields] = this.take(end + 4, 4).split('\r\n')
    const status = STATUS_LINE.exec(line)?.[1]
    if (status === undefined) throw new Error(`status line ${JSON.stringify(line)}`)
    this.status = Number(status)
    this.headers = readFields(fields)
    if (this.status < 200) {
      this.informational.push(this.status)
      return true
    }
    if (this.responses.length >= this.methods.length) throw new Error('more responses than requests')
    this.frame()
    return true
  }

  private frame(): void {
    const length = this.headers.get('content-length')
    const isChunked = this.headers.has('transfer-encoding')
    if (length !== undefined && isChunked) throw new Error('two framings')
    if (this.methods[this.responses.length] === 'HEAD' || this.status === 204 || this.status === 304) {
      this.complete(new Map())
    } else if (length !== undefined) {
      if (!/^\d+$/.test(length)) throw new Error(`content-length ${length}`)
      this.remaining = Number(length)
      this.stage = 'length'
      if (this.remaining === 0) this.complete(new Map())
    } else if (isChunked) this.stage = 'size'
    else if (this.headers.get('connection') === 'close') this.stage = 'until close'
    else throw new Error('no framing')
  }

  private readData(): boolean {
    const data = this.pending.subarray(0, this.remaining)
    if (data.length === 0) return false
    this.body.push(data)
    this.pending = this.pending.subarray(data.length)
    this.remaining -= data.length
    if (this.remaining > 0) return false
    if (this.stage === 'data') this.stage = 'data end'
    else this.complete(new Map())
    return true
  }

  private readSize(): boolean {
    const end = this.pending.indexOf('\r\n')
    if (end < 0) return false
    const line = this.take(end + 2, 2)
    if (!/^[0-9a-f]{1,8}$/i.test(line)) throw new Error(`chunk size ${JSON.stringify(line)}`)
    this.remaining = Number.parseInt(line, 16)
    this.stage = this.remaining === 0 ? 'trailers' : 'data'
    return true
  }

  private readDataEnd(): boolean {
    if (this.pending.length < 2) return false
    if (this.take(2, 0) !== '\r\n') throw new Error('chunk without its end')
    this.stage = 'size'
    return true
  }

  private readTrailers(): boolean {
    if (this.pending.length < 2) return false
    if (this.pending[0] === 0x0d) {
      if (this.take(2, 0) !== '\r\n') throw new Error('end of the trailers')
      this.complete(new Map())
      return true
    }
    const end = this.pending.indexOf('\r\n\r\n')
    if (end < 0) return false
    this.complete(readFields(this.take(end + 4, 4).split('\r\n')))
    return true
  }

  /** Takes `length` bytes off as latin1, without the last `dropped` of them. */
  private take(length: number, dropped: number): string {
    const text = this.pending.toString('latin1', 0, length - dropped)
    this.pending = this.pending.subarray(length)
    return text
  }

  private complete(trailers: ReadonlyMap<string, string>): void {
    const { status, headers, informational } = this
    this.responses.push({ status, headers, body: Buffer.concat(this.body), trailers, informational })
    this.informational = []
    this.body = []
    this.stage = 'head'
  }
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = FIELD_LINE.exec(line) ?? []
    if (name === '' || /[\r\n\0]/.test(value)) throw new Error(`field line ${JSON.stringify(line)}`)
    fields.set(name.toLowerCase(), value)
  }
  return fields
}
