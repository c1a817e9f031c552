// A request that asks to switch protocols, as node gives it to 'upgrade' and 'connect': its parser is gone, and the
// socket is ours. Either the application takes that, or the request is answered as any other and node gets the socket back.
import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { GatewayResponse } from '@nsgi/spec'
import type { NodeResponse } from '../node-internals.ts'
import { Connection } from './connection.ts'
import { holdEnd } from './held-end.ts'
import { hasContent } from './request-rules.ts'
import { switchingHead } from './response-head.ts'

/** What 'upgrade' and 'connect' give to their listeners. */
export interface Switching {
  readonly req: IncomingMessage
  readonly socket: Socket
  /** What came behind the request. */
  readonly head: Buffer
}

const PROTOCOL = /^([!#$%&'*+\-.^_`|~\w]+(?:\/[!#$%&'*+\-.^_`|~\w]+)?)[ \t]*(?:,|$)/

/**
 * The protocol that may be switched to, in lower case (NSGI UPG-01); `undefined` on HTTP/1.0, and where a body would have
 * to come first (RFC 9110 §7.8).
 */
export function offeredBy(req: IncomingMessage): string | undefined {
  if (req.httpVersion !== '1.1' || hasContent(req)) return undefined
  if (req.method === 'CONNECT') return 'connect'
  return PROTOCOL.exec(req.headers.upgrade ?? '')?.[1]?.toLowerCase()
}

/** Gives a socket that node has let go of to a server of its kind again, `bytes` being the first that it reads. */
export function giveBack(socket: Socket, bytes: Buffer): void {
  const { server } = socket as { server?: Server }
  if (bytes.length > 0) socket.unshift(bytes)
  server?.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
}

/** A connection that may be taken over. */
export class Offer {
  /** What `request.upgrade` says. */
  readonly upgrade: string
  readonly res: ServerResponse
  readonly #switching: Switching
  readonly #releaseEnd: () => void
  #isTaken = false
  #failure: unknown

  constructor(upgrade: string, switching: Switching) {
    const { req } = switching
    this.#switching = switching
    this.#releaseEnd = holdEnd(switching.socket)
    this.upgrade = upgrade
    this.res = new ServerResponse(req)
    // Behind a CONNECT that is refused may come what was meant for the tunnel.
    this.res.shouldKeepAlive =
      req.method !== 'CONNECT' && !/(?:^|[\s,])close(?:$|[\s,])/i.test(req.headers.connection ?? '')
  }

  /** The response may use the socket: it is its turn. */
  begin(): void {
    const { res } = this
    const { socket, head } = this.#switching
    res.assignSocket(socket)
    res.once('finish', () => {
      res.detachSocket(socket)
      process.nextTick(() => {
        // As node does it; the connection goes on with the next request when it hears this.
        res.emit('close')
        if ((res as unknown as NodeResponse)._last) Connection.of(socket).linger()
        else giveBack(socket, head)
        this.#releaseEnd()
      })
    })
  }

  /** Whether a response takes the offer. Throws a TypeError where it would have to and does not (NSGI UPG-01). */
  isTakenBy({ status, upgrade }: GatewayResponse): boolean {
    const isTunnel = this.upgrade === 'connect' && status >= 200 && status < 300
    if (status !== 101 && !isTunnel) return false
    if (typeof upgrade !== 'function') throw new TypeError(`A response with the status ${status} needs upgrade()`)
    return true
  }

  /**
   * Writes the head, with the fields of the switch, and gives the socket to the response (NSGI UPG-02, UPG-03). Throws for fields
   * that cannot be sent, before anything is; what `upgrade` throws goes to `report` and destroys the socket.
   */
  handOver(response: GatewayResponse, report: (error: unknown) => void): void {
    const { socket, head } = this.#switching
    const protocol = response.status === 101 ? this.upgrade : undefined
    const text = switchingHead(response, protocol)
    this.#isTaken = true
    this.res.detachSocket(socket)
    socket.setTimeout(0)
    socket.write(text, 'latin1')
    if (head.length > 0) socket.unshift(head)
    this.#releaseEnd()
    const failed = (thrown: unknown): void => {
      this.#failure ??= thrown ?? new Error('upgrade() failed with nothing')
      report(this.#failure)
      socket.destroy()
    }
    try {
      const returned = response.upgrade?.(socket) as PromiseLike<unknown> | undefined
      if (typeof returned?.then === 'function') returned.then(undefined, failed)
    } catch (thrown) {
      failed(thrown)
    }
  }

  /** Once the socket has closed: why a connection that was taken did not end in order, `undefined` if it did (NSGI UPG-05). */
  outcome(): { readonly error: unknown } | undefined {
    if (!this.#isTaken) return undefined
    const { socket } = this.#switching
    const isWhole = socket.readableEnded && socket.writableFinished && !socket.errored
    if (this.#failure === undefined && isWhole) return { error: undefined }
    return {
      error:
        this.#failure ??
        new Error('the upgraded connection closed before both sides had ended', { cause: socket.errored ?? undefined }),
    }
  }
}
