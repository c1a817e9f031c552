// Node tells of an aborted stream before it has told nghttp2. Whoever destroys the stream then leaves nghttp2 with one whose data nobody has
// any more: it makes empty frames of it without end, which holds up the process for ever and takes all memory (node 20 to 26). That a client
// closes its connection while two responses are under way is enough.
import type { ServerHttp2Stream } from 'node:http2'

/** Puts off what destroys the stream while it tells that it was aborted; `stream.pipeline` does that, for one. */
export function guardAbort(stream: ServerHttp2Stream): void {
  let isAborting = false
  const { destroy } = stream
  stream.prependListener('aborted', () => {
    isAborting = true
    process.nextTick(() => {
      isAborting = false
    })
  })
  stream.destroy = error => {
    if (!isAborting) return destroy.call(stream, error)
    process.nextTick(() => destroy.call(stream, error))
    return stream
  }
}
