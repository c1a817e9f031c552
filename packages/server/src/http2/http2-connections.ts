// All connections of HTTP/2 that a worker has.
import type { Socket } from 'node:net'
import type { EndpointPair } from '../exchange/exchange.ts'
import type { ConnectionTimeouts } from '../transport/timeouts.ts'
import { Http2Connection } from './http2-connection.ts'
import type { Http2Host } from './http2-host.ts'
import type { Http2Settings } from './session-options.ts'

/** What each of them is made with. */
export interface Http2Options {
  readonly settings: Http2Settings
  readonly timeouts: ConnectionTimeouts
}

export class Http2Connections {
  private readonly host: Http2Host
  private readonly options: Http2Options
  private readonly live = new Set<Http2Connection>()

  constructor(host: Http2Host, options: Http2Options) {
    this.host = host
    this.options = options
  }

  /** How many there are. */
  get size(): number {
    return this.live.size
  }

  /** Requests that are under way. */
  get active(): number {
    let active = 0
    for (const connection of this.live) active += connection.active
    return active
  }

  /** Takes a socket of which nothing was read, or into which what was read was put back; `closed` is called when it has closed. */
  accept(socket: Socket, endpoints: EndpointPair, closed: () => void): Http2Connection {
    const onClose = (): void => {
      this.live.delete(connection)
      closed()
    }
    const connection = new Http2Connection(socket, this.host, { ...this.options, endpoints, onClose })
    this.live.add(connection)
    return connection
  }

  /** Ends those that take too long; `now` in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    for (const connection of this.live) connection.look(now)
  }

  /** Ends each when what is under way has been answered. */
  finish(): void {
    for (const connection of this.live) connection.finish()
  }

  destroy(): void {
    for (const connection of this.live) connection.destroy()
  }
}
