// Reads a response's body as a server sends it: one piece at a time, and closed if it is not read to its end.
import { GatewayError } from '../errors.ts'
import { isTrailerName } from '../fields.ts'
import { closeBody } from '../middleware/close-body.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayResponse, ResponseHeaders } from '../response.ts'
import { declaredLength, faultText, headersFault, isWithoutContent } from './check-response.ts'
import { chunkBytes, iteratorOf } from './chunk.ts'

/** What reached the client, and what went wrong if something did. */
export interface Transferred {
  readonly bytes: Uint8Array
  readonly trailers: ResponseHeaders | undefined
  readonly error: unknown
  readonly socket?: never
}

/** Never rejects: what the body fails with is `error`, which is not `undefined` then. */
export async function transfer(request: GatewayRequest, response: GatewayResponse): Promise<Transferred> {
  const chunks: Uint8Array[] = []
  let trailers: ResponseHeaders | undefined
  let error: unknown
  try {
    if (request.signal.aborted || isWithoutContent(request, response)) {
      closeBody(response.body)
      if (request.signal.aborted) throw new GatewayError('NSGI_CLIENT_LOST')
    } else {
      await send(request, response, chunks)
      trailers = trailersOf(request, response)
    }
  } catch (thrown) {
    error = thrown ?? new GatewayError('NSGI_UNKNOWN_FAILURE')
  }
  return { bytes: Buffer.concat(chunks), trailers, error }
}

async function send(request: GatewayRequest, response: GatewayResponse, chunks: Uint8Array[]): Promise<void> {
  const { body } = response
  if (body === null || body === undefined) return
  if (typeof body === 'string' || ArrayBuffer.isView(body)) {
    chunks.push(chunkBytes(body))
    return
  }
  const declared = declaredLength(response)
  const iterator = iteratorOf(body)
  const loss = whenLost(request.signal)
  let sent = 0
  // An iterator that said `done` or threw has finished: its `return()` is not called (END-09).
  let finished = false
  try {
    for (;;) {
      const pending = Promise.resolve(advance(iterator)).catch((error: unknown) => {
        finished = true
        throw error
      })
      const step = await Promise.race([pending, loss.promise])
      if (step.done === true) {
        finished = true
        break
      }
      const bytes = chunkBytes(step.value)
      sent += bytes.length
      if (declared !== undefined && sent > declared) throw mismatch(declared, 'more (RES-13)')
      if (bytes.length > 0) chunks.push(bytes)
    }
    if (declared !== undefined && sent < declared) throw mismatch(declared, `${sent} bytes (RES-14)`)
  } finally {
    loss.forget()
    if (!finished) closeBody(body, iterator)
  }
}

/** Calls `next()` so that a synchronous throw becomes a rejection as well. */
async function advance(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  return iterator.next()
}

/** Rejects once the client is lost, until told to forget it. */
function whenLost(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  const { promise, reject } = withReject()
  const listener = (): void => reject(new GatewayError('NSGI_CLIENT_LOST', undefined, { cause: signal.reason }))
  signal.addEventListener('abort', listener, { once: true })
  return { promise, forget: () => signal.removeEventListener('abort', listener) }
}

function withReject(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject!: (error: Error) => void
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise
  })
  return { promise, reject }
}

/** Asked for only where the framing has room for them: a chunked body, or HTTP/2 and later (RES-30). */
function trailersOf(request: GatewayRequest, response: GatewayResponse): ResponseHeaders | undefined {
  const isStream = typeof response.body === 'object' && response.body !== null && !ArrayBuffer.isView(response.body)
  if (!isStream || request.httpVersion === '1.0' || declaredLength(response) !== undefined) return undefined
  const trailers = response.trailers?.()
  const fault = headersFault(trailers)
  if (fault !== undefined) throw new GatewayError('NSGI_INVALID_RESPONSE', `invalid trailers: ${faultText(fault)}`)
  if (trailers === undefined) return undefined
  return Object.fromEntries(Object.entries(trailers).filter(([name]) => isTrailerName(name)))
}

function mismatch(declared: number, found: string): GatewayError {
  return new GatewayError('NSGI_INVALID_RESPONSE', `content-length says ${declared}, but the body has ${found}`)
}
