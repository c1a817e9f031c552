// Steady load: so many clients, each with one connection that it keeps, send requests that they know the answer to, and count what
// becomes of each. A client never sends a request twice.
import { connect, type Socket } from 'node:net'
import { Random } from '../random.ts'
import { type ReadResponse, ResponseReader } from '../soak/response-reader.ts'
import { Fates, type Loss } from './fates.ts'

export interface LoadOptions {
  readonly port: number
  readonly clients: number
  /** Names what is sent. */
  readonly seed: number
  /** Milliseconds that a client rests between an answer and its next request, at most; at random. */
  readonly pause: number
}

/** Milliseconds; a server that takes longer under this load hangs. */
const PATIENCE = 30_000

/** A client whose connection was refused tries again after this: it is to count what fails, not to add to it. Milliseconds. */
const BREATH = 20

/** What the answer to a request is known to be; see applications/chaos.mjs and chaos.py. */
interface Exchange {
  readonly text: string
  readonly method: 'GET' | 'POST'
  readonly body: string
}

/** Load that runs until it is stopped. */
export class Load {
  readonly fates: Fates = new Fates()
  private readonly options: LoadOptions
  private isOver = false
  private readonly running: Promise<unknown>

  constructor(options: LoadOptions) {
    this.options = options
    this.running = Promise.all(Array.from({ length: options.clients }, (_, number) => this.client(number)))
  }

  /** Lets every client finish the request that it has sent, and then resolves. */
  async stop(): Promise<Fates> {
    this.isOver = true
    await this.running
    return this.fates
  }

  private async client(number: number): Promise<void> {
    const random = new Random(this.options.seed, number)
    let connection: Connection | undefined
    while (!this.isOver) {
      connection ??= await this.connect()
      if (connection === undefined) continue
      await rest(random.below(this.options.pause + 1))
      // The server may close what is idle, which loses nothing: a client that was held up looks before it sends, as any that polls does.
      await new Promise(resolve => setImmediate(resolve))
      if (connection.isOver) {
        connection = undefined
        continue
      }
      if (!(await this.exchange(connection, random))) {
        connection.socket.destroy()
        connection = undefined
      }
    }
    connection?.socket.destroy()
  }

  private async connect(): Promise<Connection | undefined> {
    const sentAt = performance.now()
    const socket = connect({ port: this.options.port, host: '127.0.0.1', noDelay: true })
    const failure = await new Promise<Error | undefined>(resolve => {
      socket.once('connect', () => resolve(undefined))
      socket.once('error', resolve)
    })
    if (failure === undefined) {
      this.fates.connections++
      return new Connection(socket)
    }
    this.fates.lost({ fate: 'refused', sentAt, lostAt: performance.now(), pid: undefined, detail: failure.message })
    await rest(BREATH)
    return undefined
  }

  /** Whether the connection can be used again. */
  private async exchange(connection: Connection, random: Random): Promise<boolean> {
    const exchange = draw(random)
    const sentAt = performance.now()
    const outcome = await connection.send(exchange)
    if ('status' in outcome) {
      const fault = mismatch(exchange, outcome)
      if (fault === undefined) this.fates.answered()
      else this.lost(connection, { fate: 'wrong', detail: fault, sentAt })
      return outcome.headers.get('connection') !== 'close'
    }
    this.lost(connection, { ...outcome, sentAt })
    return false
  }

  private lost({ pid }: Connection, loss: Pick<Loss, 'fate' | 'detail' | 'sentAt'>): void {
    this.fates.lost({ ...loss, lostAt: performance.now(), pid })
  }
}

/** One connection, with one request at a time. */
class Connection {
  readonly socket: Socket
  isOver = false
  /** Who answered on it. */
  pid: number | undefined
  private reader: ResponseReader | undefined
  private settle: (outcome: ReadResponse | Pick<Loss, 'fate' | 'detail'>) => void = () => undefined
  private hasBegun = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.received(chunk))
    socket.on('end', () => this.over('ended'))
    socket.on('error', error => this.over(error.message))
    socket.on('close', () => this.over('closed'))
  }

  send({ text, method }: Exchange): Promise<ReadResponse | Pick<Loss, 'fate' | 'detail'>> {
    this.reader = new ResponseReader([method])
    this.hasBegun = false
    return new Promise(resolve => {
      const timer = setTimeout(() => this.settle({ fate: 'late', detail: `no answer in ${PATIENCE} ms` }), PATIENCE)
      this.settle = outcome => {
        clearTimeout(timer)
        this.settle = () => undefined
        resolve(outcome)
      }
      this.socket.write(text, 'latin1')
    })
  }

  private received(chunk: Buffer): void {
    this.hasBegun = true
    try {
      this.reader?.push(chunk)
    } catch (error) {
      this.settle({ fate: 'wrong', detail: (error as Error).message })
    }
    const [response] = this.reader?.responses ?? []
    if (response === undefined) return
    this.pid = Number(response.headers.get('x-pid') ?? Number.NaN)
    this.settle(response)
  }

  private over(detail: string): void {
    this.isOver = true
    this.settle({ fate: this.hasBegun ? 'truncated' : 'reset', detail })
  }
}

/** Small answers mostly, some long, some slow, some in pieces, some that echo. */
function draw(random: Random): Exchange {
  const length = random.below(20) === 0 ? random.below(200_000) : random.below(2_000)
  const milliseconds = random.below(25) === 0 ? random.below(300) : 0
  const pieces = random.below(5) === 0
  const target = `/${pieces ? 'pieces' : 'bytes'}?length=${length}&ms=${milliseconds}`
  const expected = expectedBody(length)
  if (random.below(6) > 0)
    return { method: 'GET', text: `GET ${target} HTTP/1.1\r\nHost: chaos\r\n\r\n`, body: expected }
  const sent = expectedBody(random.below(5_000))
  const text = `POST /echo HTTP/1.1\r\nHost: chaos\r\nContent-Length: ${sent.length}\r\n\r\n${sent}`
  return { method: 'POST', text, body: sent }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'

/** The alphabet over and over: a byte that is missing or doubled moves all that follow. */
function expectedBody(length: number): string {
  return ALPHABET.repeat(Math.ceil(length / ALPHABET.length)).slice(0, length)
}

function mismatch({ body }: Exchange, response: ReadResponse): string | undefined {
  if (response.status !== 200) return `status ${response.status}`
  const text = response.body.toString('latin1')
  return text === body ? undefined : `${text.length} bytes that are not the ${body.length} expected`
}

function rest(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}
