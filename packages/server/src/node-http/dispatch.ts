// Which event of the server a request is.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { type NodeMessages, switchingMessage } from '@nsgi/adapters-node'
import type { Context, GatewayRequest } from '@nsgi/spec'
import type { Exchange } from '../exchange/exchange.ts'
import type { OpenConnection } from './server-connections.ts'

/** A request on its way to the program. */
export interface Arrival {
  readonly server: Server
  readonly opened: OpenConnection
  readonly request: GatewayRequest
  readonly context: Context
  readonly exchange: Exchange
}

const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i
const NOTHING = Buffer.alloc(0)

/** Tells the program of a request, as node's `parserOnIncoming` does: 'request', or one of the events for expectations. */
export function emitRequest(arrival: Arrival, messages: NodeMessages): void {
  const { server, opened } = arrival
  const { req } = messages
  const { joinDuplicateHeaders } = server as Server & { joinDuplicateHeaders?: boolean }
  if (joinDuplicateHeaders) Object.assign(req, { joinDuplicateHeaders })
  opened.scope.runInAsyncScope(() => {
    try {
      if (requestsBeyond(server, opened) > 0) dropRequest(arrival, messages)
      else emitMessages(server, messages)
    } catch (error) {
      // A listener that throws ends a program under node, too; the engine would answer 500.
      process.nextTick(rethrow, error)
    }
  })
}

/** Emits 'request', or what a request with an expectation is. */
export function emitMessages(server: Server, { req, res }: NodeMessages): void {
  const { expect } = req.headers
  if (expect === undefined || req.httpVersion !== '1.1') {
    server.emit('request', req, res)
  } else if (CONTINUE.test(expect)) {
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

/**
 * Gives the connection to a listener of 'upgrade' or 'connect': the socket itself, with what came behind the head in it. False
 * when there is none.
 */
export function emitSwitch({ server, opened, request, context, exchange }: Arrival): boolean {
  const { socket } = opened
  const event = request.method === 'CONNECT' ? 'connect' : 'upgrade'
  const req = switchingMessage(request, context, socket)
  if (event === 'connect' ? server.listenerCount(event) === 0 : !wantsUpgrade(server, req)) return false
  exchange.owner.handOver()
  // The time-out was for HTTP.
  socket.setTimeout(0)
  opened.scope.runInAsyncScope(() => {
    try {
      if (!server.emit(event, req, socket, NOTHING)) socket.destroy()
    } catch (error) {
      process.nextTick(rethrow, error)
    }
  })
  return true
}

/** A tunnel that nobody takes: node closes the connection without a word. */
export function answerConnect(socket: Socket): Promise<never> {
  socket.destroy()
  return new Promise(() => undefined)
}

function wantsUpgrade(server: Server, req: NodeMessages['req']): boolean {
  // Node 24.9 and later.
  const { shouldUpgradeCallback } = server as Server & { shouldUpgradeCallback?: (req: NodeMessages['req']) => boolean }
  return shouldUpgradeCallback === undefined ? server.listenerCount('upgrade') > 0 : shouldUpgradeCallback(req)
}

function dropRequest({ server, opened }: Arrival, { req, res }: NodeMessages): void {
  server.emit('dropRequest', req, opened.socket)
  res.writeHead(503)
  res.end()
}

/** How far the request under way is beyond the last that its connection may have, which is 0; negative before, and without a limit. */
export function requestsBeyond({ maxRequestsPerSocket }: Server, { connection }: OpenConnection): number {
  return maxRequestsPerSocket ? connection.requests - maxRequestsPerSocket : Number.NEGATIVE_INFINITY
}

function rethrow(error: unknown): never {
  throw error
}
