// How a program's `destroy` before any answer reaches the server (docs/decisions/0020).
import type { GatewayRequest } from '@nsgi/spec'

/** What a server may add to its requests (NSGI REQ-26). */
interface Droppable {
  'nsgi.drop'?(): void
}

/**
 * Ends the connection of a request without an answer, where its server can do that: it discards whatever is answered then. It may tell
 * of the loss before this returns.
 */
export function drop(request: GatewayRequest): void {
  ;(request as Droppable)['nsgi.drop']?.()
}
