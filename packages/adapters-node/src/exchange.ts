// One request and its response, seen from both sides: what the handler did to `res` becomes the gateway response, what
// the server tells of it becomes node's events.
//
//   handler          gateway                       node's events
//   end(chunk)       response, buffer body
//   write(chunk)     response, iterable body
//                    next()                        write callbacks, 'drain'
//                    finished()                    'finish', then 'close'
//   destroy()        the pull rejects              'aborted', 'close'
//     before a head  `nsgi.drop`, else a 500
//                    finished(error), signal       'aborted', ECONNRESET, 'close'
import type { BodyChunk, Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { afterRound } from './after-round.ts'
import { drop } from './dropping.ts'
import { abortIncoming, type IncomingConstructor } from './incoming.ts'
import { claimBody, dumpIncoming, type Incoming, isBroken, isRead, whenBodyRests } from './incoming-body.ts'
import { connectionReset, destroyedByHandler, statusNotFinal } from './node-errors.ts'
import type { NodeResponse, SendCallback } from './node-internals.ts'
import { closeOutgoing, drainOutgoing, type Outgoing, type OutgoingConstructor } from './outgoing.ts'
import type { SocketOwner } from './request-socket.ts'
import { ResponseBody } from './response-body.ts'
import { type ResponseHead, reasonOf, trailersOf } from './response-head.ts'
import type { Information } from './response-information.ts'
import { type AnyRequestSocket, socketFor } from './secure-request-socket.ts'

// Stands for the end of a body that is on its way: `writableFinished` stays false until the server says it is out.
const terminatorLength = 1

/** How an application's `req` and `res` are made. */
export interface Messages {
  readonly Incoming: IncomingConstructor
  readonly Outgoing: OutgoingConstructor
}

/** Who gets the response. */
interface Settler {
  resolve(response: GatewayResponse): void
  reject(error: unknown): void
}

/** What an exchange is made from besides its request. */
export interface ExchangeParts {
  readonly context: Context
  readonly messages: Messages
}

export class Exchange implements SocketOwner {
  readonly socket: AnyRequestSocket
  readonly req: Incoming
  readonly res: Outgoing
  /** Set while `res.end` runs: what is sent then is the last chunk. */
  ending = false
  readonly #request: GatewayRequest
  readonly #context: Context
  #head: ResponseHead | undefined = undefined
  #response: GatewayResponse | undefined = undefined
  #failure: { readonly error: unknown } | undefined = undefined
  /** In the place of a response, after a `destroy` before the head. */
  #dropped: GatewayResponse | undefined = undefined
  #settler: Settler | undefined = undefined
  #body: ResponseBody | undefined = undefined
  #single: BodyChunk | null = null
  #onFinish: SendCallback | null = null
  /** By the handler: what the server says of that is no news. */
  #destroyed = false
  #needsDrain = false
  /** The trailer lines that were there at the end: what is added later is too late. */
  #trailer = ''
  /** The head was fixed before the end, by `writeHead`. */
  #headFirst = false
  /** The handler called `end`. */
  #ended = false
  /** Everything reached the transport. */
  #sent = false
  /** The last event was or is being emitted. */
  #over = false

  constructor(request: GatewayRequest, { context, messages }: ExchangeParts) {
    this.#request = request
    this.#context = context
    this.socket = socketFor(request, this)
    this.req = new messages.Incoming(request, this.socket, context)
    this.res = new messages.Outgoing(this.req, this)
  }

  /**
   * The response: itself if the handler made it before it returned, else a promise. If that is not settled when this round of the event
   * loop is through, `signal` is watched; a response that is out learns of a loss through `finished`.
   */
  response(): GatewayResponse | Promise<GatewayResponse> {
    if (this.#response) {
      claimBody(this.req)
      return this.#response
    }
    if (this.#dropped) return this.#dropped
    if (this.#failure) throw this.#failure.error
    // Most handlers that await something await what is there already, or comes with it, and a signal costs microseconds.
    afterRound(() => this.#watchSignal())
    return new Promise((resolve, reject) => {
      this.#settler = { resolve, reject }
    })
  }

  /**
   * Watches for the loss of the client, unless there is a response by now. A handler that awaits the request's body learns of a loss by
   * that, and most answer when they have it: only what they await then is worth a signal.
   */
  #watchSignal(): void {
    if (!this.#awaitsResponse || whenBodyRests(this.req, () => this.#watch())) return
    this.#watch()
  }

  get #awaitsResponse(): boolean {
    return !(this.#response || this.#dropped || this.#failure || this.#over)
  }

  #watch(): void {
    if (!this.#awaitsResponse) return
    const { signal } = this.#request
    const lose = (): void => this.#lost(connectionReset(signal.reason))
    if (signal.aborted) lose()
    else signal.addEventListener('abort', lose, { once: true })
  }

  /** The handler threw or rejected (NSGI ADP-08): a 500 before the head, a truncated response after it. */
  fail(error: unknown): void {
    if (this.#over || this.#ended || this.#dropped) {
      this.#context.log.error({ err: error }, 'the handler failed after it had ended its response')
    } else if (this.#response) {
      this.#body?.fail(error)
    } else {
      this.#refuse(error)
    }
  }

  /** `res._storeHeader`: the head is fixed, not yet sent. */
  storeHead(head: ResponseHead): void {
    const status = this.res.statusCode
    if (status < 200 || status > 599) throw statusNotFinal(status)
    this.#head = head
    this.#headFirst = !this.ending
  }

  /** `res._send`: a chunk, or nothing, with what wants to know when it is out. False when the handler should wait. */
  send(chunk: BodyChunk, callback: SendCallback | null): boolean {
    // After the end nothing can follow: what still comes here is a `flushHeaders` without anything to flush.
    if (this.#over || this.#ended || this.socket.destroyed) return false
    this.socket.touch()
    if (this.ending) {
      if (callback) this.#onFinish = callback
      if (this.#body === undefined && !this.#framedByHandler()) {
        if (chunk.length > 0) this.#single = chunk
        return true
      }
      callback = null
    }
    const body = this.#body ?? this.#stream()
    if (chunk.length > 0 || callback) body.push(chunk, callback)
    this.socket.writableLength = body.pending
    if (body.pending < this.socket.writableHighWaterMark) return true
    this.#needsDrain = true
    return false
  }

  /** `res.end` is done. */
  ended(): void {
    if (this.#ended) return
    this.#ended = true
    const res = this.res as unknown as NodeResponse
    // node's own `end` has done it where the socket names this response as the one under way.
    if (res.socket?._httpMessage !== this.res) res._finish()
    this.socket.writableLength += terminatorLength
    if (this.#body) this.#endBody(this.#body)
    else if (!this.#over && !this.socket.destroyed) this.#deliver(this.#singleBody())
    if (this.#sent) process.nextTick(() => this.#succeed())
  }

  /** `res._writeRaw`: a 1xx. The server sends 100 by itself, at the first read of the body (NSGI EXP-01). */
  inform({ status, headers }: Information): void {
    if (status !== 100 && !this.#response && !this.socket.destroyed) this.#request.inform?.(status, headers)
  }

  /** `destroy` of req, res or their socket. A response that is complete goes out nevertheless, and the connection ends with it. */
  destroyConnection(error?: Error): void {
    if (this.#over) return
    if (this.#ended) {
      this.#closeBehind()
      return
    }
    this.#destroyed = true
    if (this.#response) this.#breakOff(error)
    // What the client did to its body, the server answers.
    else if (isBroken(this.req)) this.#refuse(error)
    else this.#drop()
    // As a socket's 'close': after the events of the message that was destroyed.
    setImmediate(() => this.#lose(error))
  }

  /** As node's server: whoever listens on req or res decides; a listener on the socket alone does not keep it. */
  idleTimeout(): void {
    const { req, res, socket } = this
    const handledByRequest = !req.complete && req.emit('timeout', socket)
    const handledByResponse = res.emit('timeout', socket)
    socket.emit('timeout')
    if (!handledByRequest && !handledByResponse) socket.destroy()
  }

  /** The server's `finished`. */
  #finished(error: unknown): void {
    if (error !== undefined && error !== null) {
      this.#lost(connectionReset(error))
    } else {
      this.#sent = true
      // For HEAD, 204 and 304 the server is done with the head; node's 'finish' waits for `end`.
      if (this.#ended) this.#succeed()
    }
  }

  #succeed(): void {
    if (this.#over) return
    this.#over = true
    this.socket.writableLength = 0
    this.socket.release()
    // A listener or a callback may throw at each step; that is between the handler and its process, and no reason to leave out the rest.
    try {
      this.#body?.settle()
    } finally {
      dumpIncoming(this.req)
      try {
        this.#onFinish?.()
      } finally {
        this.#closeAfterFinish()
      }
    }
  }

  #closeAfterFinish(): void {
    if (this.res.listenerCount('close') > 0 || this.socket.isWatched) {
      process.nextTick(() => this.#close())
    } else {
      this.#close()
    }
  }

  #lost(error: Error | undefined): void {
    if (!this.#destroyed) this.#lose(error)
  }

  #lose(error: Error | undefined): void {
    if (this.#over) return
    this.#over = true
    const reason = error ?? connectionReset()
    // The server discards it; it waits for no answer of a handler that may never give one.
    this.#settler?.resolve({ status: 500 })
    try {
      this.socket.lost(error)
      this.#body?.settle(reason)
      this.#onFinish?.(reason)
    } finally {
      try {
        abortIncoming(this.req, reason)
      } finally {
        this.#close()
      }
    }
  }

  #close(): void {
    this.socket.detach()
    try {
      closeOutgoing(this.res)
    } finally {
      this.socket.tellClosed()
    }
  }

  #refuse(error: unknown): void {
    if (this.#failure) return
    this.#failure = { error }
    this.#settler?.reject(error)
    process.nextTick(() => this.#lost(undefined))
  }

  #drop(): void {
    if (this.#failure || this.#dropped) return
    // What a server answers that cannot do with nothing: a failure that tells no more, and the end of the connection.
    this.#dropped = { status: 500, headers: { connection: 'close' }, body: null }
    drop(this.#request)
    this.#settler?.resolve(this.#dropped)
  }

  /** A server that has the response already, and has written its head, keeps the connection. */
  #closeBehind(): void {
    const response = this.#response as { headers?: GatewayResponse['headers'] } | undefined
    if (response !== undefined) response.headers = { ...response.headers, connection: 'close' }
  }

  /** Of a response whose first byte is not out, nothing goes out: what a program writes and destroys in one turn never leaves its process. */
  #breakOff(error: Error | undefined): void {
    drop(this.#request)
    this.#body?.fail(error ?? destroyedByHandler())
  }

  #stream(): ResponseBody {
    const body = new ResponseBody(() => this.#pulled())
    this.#body = body
    this.#deliver(body)
    return body
  }

  /**
   * What was written in one piece, and no more, is a body of one piece if it has the length that was declared: the framing is the same, and
   * the server, which has not looked at the response yet, has less to do. Who has copied it gets the stream.
   */
  #endBody(body: ResponseBody): void {
    const { only } = body
    const { _contentLength: declared, _trailer } = this.res as unknown as NodeResponse
    this.#trailer = _trailer
    // The length was told to node also by an `end` that was called past ours.
    if (only !== undefined && Buffer.byteLength(only) === declared && !this.#framedByHandler()) {
      ;(this.#response as { body: GatewayResponse['body'] }).body = only
    }
    body.end()
  }

  #pulled(): void {
    const body = this.#body as ResponseBody
    this.socket.touch()
    this.socket.writableLength = body.pending
    if (!this.#needsDrain) return
    this.#needsDrain = false
    drainOutgoing(this.res)
  }

  /** Whether the handler asked for chunked framing or trailers, so that even a single chunk must be a stream. */
  #framedByHandler(): boolean {
    const { _hasBody, _removedContLen, _trailer } = this.res as unknown as NodeResponse
    const head = this.#head as ResponseHead
    // A head that is implied by the end has a length, beside which there are no trailers.
    const trails = this.#headFirst && _trailer !== ''
    return _hasBody && (head.chunked || head.trailer || ((_removedContLen || trails) && head.contentLength === null))
  }

  #singleBody(): GatewayResponse['body'] {
    const { _hasBody, statusCode } = this.res as unknown as NodeResponse
    if (_hasBody) return this.#single
    // A HEAD whose length the handler did not say: an unknown length, which is not a length of zero.
    const { contentLength } = this.#head as ResponseHead
    return statusCode === 204 || statusCode === 304 || contentLength !== null ? null : []
  }

  #deliver(body: GatewayResponse['body']): void {
    const { res } = this
    const head = this.#head as ResponseHead
    ;(res as unknown as NodeResponse)._headerSent = true
    const wantsClose = !head.close && !res.shouldKeepAlive
    this.#response = {
      status: res.statusCode,
      reason: reasonOf(res),
      headers: wantsClose ? { ...head.headers, connection: 'close' } : head.headers,
      body,
      trailers: this.#body && (() => trailersOf(this.#trailer)),
      finished: error => this.#finished(error),
    }
    if (this.#settler === undefined) return
    claimBody(this.req)
    // Who is told by a promise is told after this: the handler's turn may go on to ask for the body.
    if (this.#request.body !== null && !isRead(this.req)) queueMicrotask(() => claimBody(this.req))
    this.#settler.resolve(this.#response)
  }
}
