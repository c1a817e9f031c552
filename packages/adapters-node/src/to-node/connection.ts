// The requests of one connection: answered one at a time, in order, until one is refused.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from './exchange.ts'

const connections = new WeakMap<Socket, Connection>()

/** Milliseconds for which a refused client may go on sending: long enough to read its answer (nginx's `lingering_timeout`). */
const LINGER = 5000

export class Connection {
  readonly #socket: Socket
  /** The first is being answered. The others wait: what they ask for may depend on it (RFC 9112 §9.3.2). */
  readonly #exchanges: Exchange[] = []
  #newest: Exchange | undefined
  #isRefused = false
  /** The status to end with once the exchanges are over. */
  #lastWord: number | undefined
  #idle: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.once('close', () => this.#exchanges[0]?.closed())
  }

  /** The connection that uses a socket. */
  static of(socket: Socket): Connection {
    const known = connections.get(socket)
    if (known) return known
    const connection = new Connection(socket)
    connections.set(socket, connection)
    return connection
  }

  /** Runs an exchange when those before it are over; not at all behind a request that was refused. */
  take(exchange: Exchange): void {
    if (this.#isRefused) {
      exchange.req.resume()
      return
    }
    this.#newest = exchange
    exchange.res.once('close', () => this.#next())
    if (this.#exchanges.push(exchange) === 1) exchange.run()
  }

  /** A request is refused through its own response, which node sends in its turn: nothing behind it is a request. */
  refuse(req: IncomingMessage, res: ServerResponse, status: number): void {
    if (!this.#isRefused) {
      this.#isRefused = true
      res.writeHead(status, { connection: 'close', 'content-length': 0 })
      res.end()
    }
    req.resume()
  }

  /** Answers what never became a request, after those that did, and closes (RFC 9112 §2.2, §9.6). */
  refuseInput(status: number): void {
    if (this.#isRefused) return
    this.#isRefused = true
    this.#lastWord = status
    if (this.#exchanges.length === 0) this.#end(status)
  }

  /** Calls back when the exchanges are over, if nothing was refused and the socket is still there. */
  whenIdle(callback: () => void): void {
    if (this.#isRefused) return
    if (this.#exchanges.length === 0) callback()
    else this.#idle = callback
  }

  /** Ends the socket behind a response that node does not send, and reads what the client still has to say. */
  linger(): void {
    if (this.#socket.writable) this.#socket.end()
    this.#socket.resume()
    // Closing with bytes unread would reset the connection, and might take the answer along (RFC 9112 §9.6).
    const lingering = setTimeout(() => this.#socket.destroy(), LINGER).unref()
    this.#socket.once('close', () => clearTimeout(lingering))
  }

  /** The parser gave up, within a head or within the body of the newest request. */
  inputFailed(error: Error, status: number): void {
    const newest = this.#newest
    if (this.#isRefused || newest === undefined || newest.req.complete) {
      this.refuseInput(status)
      return
    }
    const place = this.#exchanges.indexOf(newest)
    if (place > 0) {
      this.#exchanges.pop()
      this.refuseInput(status)
      return
    }
    this.#isRefused = true
    newest.bodyFailed(error)
    // What was answered already, or is being answered, cannot be taken back.
    if (place < 0) this.#socket.destroySoon()
    else if (newest.res.headersSent) newest.res.destroy()
    else this.#end(status)
  }

  #next(): void {
    this.#exchanges.shift()?.closed()
    // Node ends the socket behind a response that says so.
    if (!this.#socket.writable) return
    if (this.#exchanges[0]) this.#exchanges[0].run()
    else if (this.#lastWord !== undefined) this.#end(this.#lastWord)
    else {
      const idle = this.#idle
      this.#idle = undefined
      idle?.()
    }
  }

  #end(status: number): void {
    const socket = this.#socket
    if (!socket.writable) return
    const date = new Date().toUTCString()
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ndate: ${date}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
      'latin1',
    )
    this.linger()
  }
}
