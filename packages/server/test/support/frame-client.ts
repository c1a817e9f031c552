// A client of HTTP/2 that writes frames by hand (RFC 9113 §4.1): for what a well-behaved one would never send.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A frame that came. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const
export const END_STREAM = 1
export const END_HEADERS = 4

const NOTHING = Buffer.alloc(0)

/** What a connection begins with (RFC 9113 §3.4). */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** The fields of a GET, to which a test adds its own. */
export const GET: readonly (readonly [string, string])[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'localhost'],
]

export class FrameClient {
  readonly socket: Socket
  private received: Buffer = Buffer.alloc(0)
  private isOver = false
  private changed: () => void = () => undefined

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk])
      this.changed()
    })
    socket.on('error', () => undefined)
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.isOver = true
        this.changed()
      })
    }
  }

  /** Takes a socket that is connected, and sends the preface with these settings. */
  static begin(socket: Socket, settings: Uint8Array = NOTHING): FrameClient {
    const client = new FrameClient(socket)
    socket.write(Buffer.concat([Buffer.from(PREFACE), FrameClient.frame(FRAME.settings, 0, 0, settings)]))
    return client
  }

  /** Connects, and sends the preface with empty settings in one packet with what is to come before and behind it. */
  static async open(
    port: number,
    { first = '', behind = NOTHING }: { readonly first?: string; readonly behind?: Uint8Array } = {},
  ): Promise<FrameClient> {
    const client = new FrameClient(connect(port, '127.0.0.1'))
    await once(client.socket, 'connect')
    client.socket.write(Buffer.concat([Buffer.from(first + PREFACE), FrameClient.frame(FRAME.settings), behind]))
    return client
  }

  /** A frame. */
  static frame(type: number, flags = 0, stream = 0, payload: Uint8Array = NOTHING): Buffer {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.writeUInt8(type, 3)
    head.writeUInt8(flags, 4)
    head.writeUInt32BE(stream, 5)
    return Buffer.concat([head, payload])
  }

  send(type: number, flags = 0, stream = 0, payload: Uint8Array = NOTHING): this {
    this.socket.write(FrameClient.frame(type, flags, stream, payload))
    return this
  }

  /** A HEADERS frame with these fields, spelled out. */
  headers(stream: number, flags: number, fields: readonly (readonly [string, string])[]): this {
    return this.send(FRAME.headers, flags, stream, literals(fields))
  }

  /** A RST_STREAM frame. */
  reset(stream: number, code: number): this {
    const payload = Buffer.alloc(4)
    payload.writeUInt32BE(code)
    return this.send(FRAME.reset, 0, stream, payload)
  }

  /** The next frame for which that is so; those before are dropped. Rejects when the connection ends without one. */
  async frame(wanted: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = this.take()
      if (frame !== undefined && wanted(frame)) return frame
      if (frame !== undefined) continue
      if (this.isOver) throw new Error('the connection ended without such a frame')
      await new Promise<void>(resolve => {
        this.changed = resolve
      })
    }
  }

  /** The code that a stream is reset with. */
  async resetOf(stream: number): Promise<number> {
    const frame = await this.frame(one => one.type === FRAME.reset && one.stream === stream)
    return frame.payload.readUInt32BE(0)
  }

  /** The code of the GOAWAY that the connection ends with. */
  async goaway(): Promise<number> {
    const frame = await this.frame(one => one.type === FRAME.goaway)
    return frame.payload.readUInt32BE(4)
  }

  /** Resolves when the connection has ended. */
  async end(): Promise<void> {
    while (!this.isOver) {
      await new Promise<void>(resolve => {
        this.changed = resolve
      })
    }
  }

  private take(): Frame | undefined {
    if (this.received.length < 9) return undefined
    const end = 9 + this.received.readUIntBE(0, 3)
    if (this.received.length < end) return undefined
    const frame: Frame = {
      type: this.received.readUInt8(3),
      flags: this.received.readUInt8(4),
      stream: this.received.readUInt32BE(5),
      payload: this.received.subarray(9, end),
    }
    this.received = this.received.subarray(end)
    return frame
  }
}

/** Fields as literals without indexing and without Huffman coding (RFC 7541 §6.2.2). */
export function literals(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), string(name), string(value)]))
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  return Buffer.concat([length(bytes.length), bytes])
}

/** An integer with a prefix of seven bits (RFC 7541 §5.1). */
function length(value: number): Buffer {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}
