import { inspect } from 'node:util'
import { GatewayError } from '../errors.ts'
import type { GatewayResponse } from '../response.ts'
import { closeBody } from './close-body.ts'

/** Responses that were discarded, since `return()` and `finished` may run once only. */
const discarded = new WeakSet<GatewayResponse>()

/**
 * Throws a response away that will not be returned to the server (MID-03): closes its body as `closeBody` does, then calls
 * its `finished`. To be called by a middleware that answers with something else; a second call does nothing.
 *
 * `error` is what `finished` gets; by default an error with the code `NSGI_RESPONSE_DISCARDED`, since `finished` without an
 * error would claim that the response reached the client (END-07). If `finished` throws, discarding goes on and the throw
 * becomes a process warning (END-08).
 */
export function discard(response: GatewayResponse, error?: unknown): void {
  if (discarded.has(response)) return
  discarded.add(response)
  closeBody(response.body)
  try {
    response.finished?.(error ?? new GatewayError('NSGI_RESPONSE_DISCARDED'))
  } catch (thrown) {
    // As text: an error of another realm (a test runner's) is no Error to emitWarning.
    process.emitWarning('finished() of a discarded response threw', { detail: inspect(thrown) })
  }
}
