// How a stream leaves HTTP (RFC 9113 §8.5, RFC 8441): node's own stream becomes the one that the application gets.
import { constants, type ServerHttp2Stream } from 'node:http2'
import type { HandedOver } from '../exchange/wire.ts'

interface Written {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
}

/** What of a stream that its types hide is wrapped here: where all that is written passes. */
interface StreamInternals {
  _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: (error?: Error | null) => void): void
  _writev(chunks: readonly Written[], done: (error?: Error | null) => void): void
}

/** Hands a stream over of which nothing was read; `isEnded` tells whether the client has ended its side in order. */
export function handOverStream(stream: ServerHttp2Stream, isEnded: () => boolean): HandedOver {
  let bytes = 0
  const { _write, _writev } = stream as unknown as StreamInternals
  // A stream of HTTP/2 does not count what is written to it.
  Object.assign(stream, {
    _write(...[chunk, encoding, done]: Parameters<StreamInternals['_write']>) {
      bytes += sizeOf(chunk, encoding)
      _write.call(stream, chunk, encoding, done)
    },
    _writev(...[chunks, done]: Parameters<StreamInternals['_writev']>) {
      for (const { chunk, encoding } of chunks) bytes += sizeOf(chunk, encoding)
      _writev.call(stream, chunks, done)
    },
  } satisfies StreamInternals)
  return {
    stream,
    get bytes() {
      return bytes
    },
    get isWhole() {
      return isEnded() && stream.writableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR
    },
  }
}

function sizeOf(chunk: string | Uint8Array, encoding: BufferEncoding): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length
}
