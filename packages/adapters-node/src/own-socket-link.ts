// The connection's own socket as `req.socket`: the server's programs know it from 'connection'. It outlives the request, and
// tells of its end itself.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { NodeResponse } from './node-internals.ts'
import type { SocketLink } from './socket-link.ts'

/** What node's server keeps on a socket, and libraries that stop servers look at: the response under way. */
type HttpSocket = Socket & { _httpMessage?: ServerResponse | null }

export class OwnSocketLink implements SocketLink {
  readonly shown: HttpSocket
  readonly isWatched = false
  #response: ServerResponse | undefined
  #waiting = 0

  constructor(socket: Socket) {
    this.shown = socket
  }

  get destroyed(): boolean {
    return this.shown.destroyed
  }
  get writableHighWaterMark(): number {
    return this.shown.writableHighWaterMark
  }

  /** The socket counts what the server has written; what waits before it counts as the response's own, as node's does. */
  get writableLength(): number {
    return this.#waiting
  }
  set writableLength(bytes: number) {
    this.#waiting = bytes
    if (this.#response) (this.#response as unknown as NodeResponse).outputSize = bytes
  }

  belongsTo(response: ServerResponse): void {
    this.#response = response
    this.shown._httpMessage = response
  }

  /** As node's: a response whose 'finish' is emitted has no socket any more. */
  release(): void {
    const { shown } = this
    const response = this.#response as unknown as { socket: Socket | null }
    if (shown._httpMessage === this.#response) shown._httpMessage = null
    response.socket = null
  }

  touch(): void {}
  lost(): void {}
  detach(): void {}
  tellClosed(): void {}
}

/**
 * A socket that takes an empty entry of node's flush, which is how 'drain' is emitted, and is the connection's in all
 * else that is read of it.
 */
export function takingSocket(socket: object): object {
  return Object.create(socket, taking) as object
}

const nothing = { value: () => undefined }
const taking: PropertyDescriptorMap = {
  write: { value: () => true },
  cork: nothing,
  uncork: nothing,
  writable: { value: true },
  writableCorked: { value: 1 },
  // node's ServerResponse#end uncorks by writing here.
  _writableState: { value: { corked: 0 } },
}
