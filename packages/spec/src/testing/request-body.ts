// The body of a request made by a test: what a server's body does, without the server.
import { GatewayError } from '../errors.ts'
import { chunkBytes } from './chunk.ts'

/** Where the pieces come from, and how many bytes the fields promise. */
export interface RequestBodySource {
  readonly pieces: AsyncIterable<unknown> | Iterable<unknown>
  /** What `content-length` declares; `undefined` for a chunked body. */
  readonly declared: number | undefined
  /** Called when the body has ended well; trailers are there from now on (BOD-10). */
  readonly onEnd: () => void
}

/**
 * A body that can be iterated once (BOD-04), yields non-empty chunks (BOD-02) and rejects where it falls short of its
 * declared length (BOD-07).
 */
export function createRequestBody(source: RequestBodySource): AsyncIterable<Uint8Array> {
  let used = false
  return {
    [Symbol.asyncIterator]() {
      if (used) throw new GatewayError('NSGI_BODY_USED')
      used = true
      return read(source)
    },
  }
}

async function* read({ pieces, declared, onEnd }: RequestBodySource): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0
  for await (const piece of pieces) {
    const bytes = chunkBytes(piece)
    received += bytes.length
    if (declared !== undefined && received > declared) {
      throw new TypeError(`the body of the test's request is longer than its content-length of ${declared}`)
    }
    if (bytes.length > 0) yield bytes
  }
  if (declared !== undefined && received < declared) {
    throw new GatewayError('NSGI_BODY_TRUNCATED', `the body ended after ${received} of ${declared} bytes`)
  }
  onEnd()
}
