// What a connection's requests run in.
import { AsyncResource } from 'node:async_hooks'
import type { InnerSocket } from './node-members.ts'

/** What a listener of requests runs in: outside of whatever the request before was in, with node's own members. */
export class MessageScope extends AsyncResource {
  readonly type = 'HTTPINCOMINGMESSAGE'
  readonly socket: InnerSocket

  constructor(socket: InnerSocket) {
    // Of the connection, as node's parser is, and over with it: else its end is told whenever the memory is collected.
    const ofConnection = socket._handle?.getAsyncId?.()
    super('HTTPINCOMINGMESSAGE', {
      requireManualDestroy: true,
      ...(ofConnection === undefined ? {} : { triggerAsyncId: ofConnection }),
    })
    this.socket = socket
  }
}
