// A request to switch protocols, given to a listener of 'upgrade' or 'connect' as node:http gives it: with a socket. What the
// listener writes to it first is the head of a response, and becomes the gateway's:
//
//   101, or a 2xx to CONNECT        a response with `upgrade`: the socket is the connection from then on
//   any other status                an ordinary response, its content taken out of its framing
//   destroy() before a head         no response (`nsgi.drop`), or a 400 that closes the connection
//
// Over HTTP/2 (extended CONNECT) the listener gets the handshake of HTTP/1.1 that the request stands for, and its 101 becomes a 200.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { drop } from '../dropping.ts'
import type { IncomingConstructor } from '../incoming.ts'
import { connectionReset, destroyedByHandler } from '../node-errors.ts'
import { ResponseBody } from '../response-body.ts'
import { socketFor } from '../secure-request-socket.ts'
import { asHandshake, isExtendedConnect } from './extended-connect.ts'
import { type Taken, UpgradeSocket, type UpgradeSocketOwner } from './upgrade-socket.ts'
import { WrittenBody } from './written-body.ts'
import { readWrittenHead, type WrittenHead } from './written-head.ts'

/**
 * A listener as `server.on('upgrade')` and `server.on('connect')` take it; if it returns a promise, its rejection is caught.
 * `head` is always empty: what the client has sent already comes out of the socket.
 */
export type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => unknown

const END_OF_HEAD = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

interface Settler {
  resolve(response: GatewayResponse): void
  reject(error: unknown): void
}

export class UpgradeExchange implements UpgradeSocketOwner {
  /** As the listener sees it. */
  readonly #request: GatewayRequest
  readonly #isExtended: boolean
  readonly #context: Context
  readonly #req: IncomingMessage
  readonly #socket: UpgradeSocket
  /** What was written of a head that is not whole. */
  #head: Buffer = NOTHING
  #response: GatewayResponse | undefined
  #failure: { readonly error: unknown } | undefined
  #settler: Settler | undefined
  /** Of an ordinary response. */
  #written: WrittenBody | undefined
  #body: ResponseBody | undefined
  /** What wants to know that the head went out, or that everything did. */
  #taken: Taken | undefined
  #handedOver = false

  constructor(request: GatewayRequest, context: Context, Incoming: IncomingConstructor) {
    this.#isExtended = isExtendedConnect(request)
    this.#request = this.#isExtended ? asHandshake(request) : request
    this.#context = context
    const facts = socketFor(this.#request, { destroyConnection: () => {}, idleTimeout: () => {} })
    this.#socket = new UpgradeSocket(facts, this)
    this.#req = new Incoming(this.#request, this.#socket, context)
    Object.assign(this.#req, { upgrade: true })
  }

  /** Calls the listener. */
  run(listener: UpgradeListener): void {
    try {
      const returned = listener(this.#req, this.#socket, NOTHING) as PromiseLike<unknown> | undefined
      if (typeof returned?.then === 'function') returned.then(undefined, error => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** The response: itself if the listener wrote its head before it returned, else a promise. */
  response(): GatewayResponse | Promise<GatewayResponse> {
    if (this.#response) return this.#response
    if (this.#failure) throw this.#failure.error
    this.#request.signal.addEventListener('abort', () => this.#lose(), { once: true })
    return new Promise((resolve, reject) => {
      this.#settler = { resolve, reject }
    })
  }

  /** @internal */
  written(bytes: Buffer, taken: Taken): void {
    try {
      if (this.#written) this.#take(bytes, taken)
      else this.#takeHead(bytes, taken)
    } catch (error) {
      taken()
      this.#fail(error)
    }
  }

  /** @internal */
  ended(taken: Taken): void {
    if (this.#response === undefined) {
      taken()
      drop(this.#request)
      this.#refuse()
      return
    }
    this.#taken = taken
    this.#endBody()
  }

  /** @internal */
  destroyed(error: Error | null): void {
    if (this.#response === undefined) {
      drop(this.#request)
      if (error) this.#reject(error)
      else this.#refuse()
    } else if (error) this.#body?.fail(error)
    else this.#endBody()
  }

  #takeHead(bytes: Buffer, taken: Taken): void {
    const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes])
    const end = all.indexOf(END_OF_HEAD)
    if (end < 0) {
      this.#head = all
      taken()
      return
    }
    this.#head = NOTHING
    const head = readWrittenHead(all.toString('latin1', 0, end), this.#request.method)
    const rest = all.subarray(end + END_OF_HEAD.length)
    if (this.#isSwitching(head)) this.#switch(head, { rest, taken })
    else if (head.status >= 200) this.#answer(head, { rest, taken })
    else {
      this.#request.inform?.(head.status, head.headers)
      this.#takeHead(rest, taken)
    }
  }

  #isSwitching({ status }: WrittenHead): boolean {
    return status === 101 || (this.#request.upgrade === 'connect' && status >= 200 && status < 300)
  }

  #switch({ status, reason, headers }: WrittenHead, first: { readonly rest: Buffer; readonly taken: Taken }): void {
    const { connection: _connection, ...fields } = headers
    // Nothing more is written by the program before this is called.
    this.#taken = first.taken
    this.#deliver({
      status: this.#isExtended ? 200 : status,
      reason,
      // On a stream there was no key to accept.
      headers: this.#isExtended ? { ...fields, 'sec-websocket-accept': undefined } : fields,
      upgrade: connection => this.#handOver(connection, first.rest),
      finished: error => this.#finished(error),
    })
  }

  #handOver(connection: Duplex, rest: Buffer): void {
    this.#handedOver = true
    if (this.#socket.destroyed) {
      connection.destroy()
      return
    }
    this.#socket.bind(connection)
    if (rest.length > 0) connection.write(rest)
    this.#settle()
  }

  #answer(head: WrittenHead, { rest, taken }: { readonly rest: Buffer; readonly taken: Taken }): void {
    const { status, reason, framing } = head
    this.#written = new WrittenBody(head)
    this.#body = framing === 'none' ? undefined : new ResponseBody(() => {})
    this.#deliver({
      status,
      reason,
      // Where only its end tells how long it is, the program means to close the connection.
      headers: framing === 'close' ? { ...head.headers, connection: 'close' } : head.headers,
      body: this.#body ?? null,
      finished: error => this.#finished(error),
    })
    this.#take(rest, taken)
  }

  #take(bytes: Buffer, taken: Taken): void {
    const written = this.#written as WrittenBody
    const pieces = written.take(bytes)
    for (const [index, piece] of pieces.entries()) this.#body?.push(piece, index === pieces.length - 1 ? taken : null)
    if (pieces.length === 0) taken()
    if (written.isOver) this.#body?.end()
  }

  #endBody(): void {
    if (this.#written?.mayEnd) this.#body?.end()
    else this.#body?.fail(destroyedByHandler())
  }

  /** The server's `finished`. After an upgrade the connection itself tells how it ended. */
  #finished(error: unknown): void {
    if (this.#handedOver) return
    const failure = error === undefined || error === null ? undefined : connectionReset(error)
    this.#body?.settle(failure)
    this.#settle(failure)
    // Not before 'finish' was emitted.
    setImmediate(() => this.#socket.destroy(failure))
  }

  #settle(error?: Error): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.(error)
  }

  #fail(error: unknown): void {
    if (this.#response) {
      this.#context.log.error({ err: error }, 'the upgrade listener failed after it had answered')
    } else this.#reject(error)
    this.#socket.destroy()
  }

  /** The client is gone before there was a head: what the server does with an answer is to discard it. */
  #lose(): void {
    if (this.#response === undefined && this.#failure === undefined) this.#deliver({ status: 500 })
    if (!this.#handedOver) this.#socket.destroy(connectionReset(this.#request.signal.reason))
  }

  #refuse(): void {
    if (this.#failure === undefined) this.#deliver({ status: 400, headers: { connection: 'close' }, body: null })
  }

  #reject(error: unknown): void {
    this.#failure ??= { error }
    this.#settler?.reject(error)
  }

  #deliver(response: GatewayResponse): void {
    this.#response = response
    this.#settler?.resolve(response)
  }
}
