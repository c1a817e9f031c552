// Numbers for statsd, by datagrams that nobody waits for, in gunicorn's names.
import { createSocket, type Socket } from 'node:dgram'
import { cachedLookup } from '../log/host-lookup.ts'
import type { ExchangeRecord } from '../transport/gateway-server.ts'

/** Where they go and how they are called. */
export interface StatsdOptions {
  readonly host: string
  readonly port: number
  /** Stands before each name, with a dot between them; may be empty. */
  readonly prefix: string
  /** Of DogStatsD: `env:prod`. */
  readonly tags: readonly string[]
}

/** Bytes: what goes through an Ethernet in one piece, behind the heads of IP and UDP. */
const DATAGRAM = 1432

/** Milliseconds that a line waits for company. */
const GATHER = 100

export class Statsd {
  readonly #options: StatsdOptions
  readonly #socket: Socket
  #lines: string[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: StatsdOptions) {
    this.#options = options
    this.#socket = createSocket({
      type: options.host.includes(':') ? 'udp6' : 'udp4',
      lookup: cachedLookup(),
    }).unref()
    // Nobody listens there, or the name is unknown: the numbers are lost, the requests are not.
    this.#socket.on('error', () => {})
  }

  /** Counts one exchange. Never throws, never waits. */
  exchange({ status, duration }: Pick<ExchangeRecord, 'status' | 'duration'>): void {
    this.#add('requests', '1|c')
    this.#add('request.duration', `${duration.toFixed(3)}|ms`)
    // 0: the client was lost before a head was sent.
    if (status > 0) this.#add(`request.status.${status}`, '1|c')
  }

  /** Counts a line of the log. */
  logged(level: 'critical' | 'error' | 'warning' | 'exception'): void {
    this.#add(`log.${level}`, '1|c')
  }

  /** How many workers there are. */
  workers(count: number): void {
    this.#add('workers', `${count}|g`)
  }

  /** Sends what has been gathered. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines.length === 0) return
    const { host, port } = this.#options
    this.#socket.send(this.#lines.join('\n'), port, host, () => {})
    this.#lines = []
    this.#bytes = 0
  }

  #add(name: string, value: string): void {
    const { prefix, tags } = this.#options
    const suffix = tags.length === 0 ? '' : `|#${tags.join(',')}`
    const line = `${prefix === '' ? '' : `${prefix}.`}${name}:${value}${suffix}`
    const length = Buffer.byteLength(line) + 1
    if (this.#bytes + length > DATAGRAM) this.flush()
    this.#lines.push(line)
    this.#bytes += length
    this.#timer ??= setTimeout(() => this.flush(), GATHER).unref()
  }
}
