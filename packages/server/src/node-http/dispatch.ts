// Which event of the server a request is.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { InnerResponse, InnerServer } from './node-members.ts'

const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i

/** Who counts the requests of a connection. */
export interface RequestCount {
  /** Counts the request under way: how far it is beyond the last that may come, which is 0. */
  countBeyondLast(): number
}

/** Tells the program of a request, as node's `parserOnIncoming` does: 'request', or one of the events for what is special. */
// oxlint-disable-next-line max-params -- three of them are what every listener of 'request' takes, and an object a request costs
export function emitMessages(server: InnerServer, req: IncomingMessage, res: InnerResponse, count: RequestCount): void {
  if (req.httpVersion !== '1.1') {
    server.emit('request', req, res)
    return
  }
  if (server.requireHostHeader !== false && req.headers.host === undefined) {
    res.writeHead(400, ['Connection', 'close'])
    res.end()
    return
  }
  const beyond = count.countBeyondLast()
  if (beyond >= 0) res.maxRequestsOnConnectionReached = true
  if (beyond > 0) {
    server.emit('dropRequest', req, req.socket)
    res.writeHead(503)
    res.end()
    return
  }
  emitExpected(server, req, res)
}

/** Emits 'request', or what a request with an expectation is. */
export function emitExpected(server: Server, req: IncomingMessage, res: ServerResponse): void {
  const { expect } = req.headers
  if (expect === undefined || req.httpVersion !== '1.1') {
    server.emit('request', req, res)
  } else if (CONTINUE.test(expect)) {
    ;(res as InnerResponse)._expect_continue = true
    if (server.listenerCount('checkContinue') > 0) {
      server.emit('checkContinue', req, res)
      return
    }
    res.writeContinue()
    server.emit('request', req, res)
  } else if (!server.emit('checkExpectation', req, res)) {
    res.writeHead(417)
    res.end()
  }
}

/** Whether a request that asks for another protocol is for a listener of 'upgrade'. */
export function wantsUpgrade(server: InnerServer, req: IncomingMessage): boolean {
  const { shouldUpgradeCallback } = server
  return shouldUpgradeCallback === undefined
    ? server.listenerCount('upgrade') > 0
    : shouldUpgradeCallback.call(server, req)
}
