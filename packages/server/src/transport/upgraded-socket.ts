// How a connection leaves HTTP: its own socket becomes the stream that the application gets. Nothing stands between the two,
// so it is as fast as a socket is, and what libraries do with sockets works.
import type { Socket } from 'node:net'
import type { HandedOver } from '../exchange/wire.ts'
import { readAsStream } from './socket-reads.ts'

/** Hands the socket over, `received` being the first that is read from it. */
export function handOver(socket: Socket, received: Uint8Array | undefined): HandedOver {
  const before = socket.bytesWritten
  readAsStream(socket)
  if (received !== undefined) socket.unshift(received)
  return {
    stream: socket,
    get bytes() {
      return socket.bytesWritten - before
    },
    get isWhole() {
      return socket.readableEnded && socket.writableFinished
    },
  }
}

/**
 * Keeps the peer's FIN from ending the readable side, and tells `ended` of it instead, behind all that was read before it: once a stream has
 * ended nothing can be put in front of that end, and who gets it then would wait for the end for ever. The result lets the FIN through, now
 * or whenever it comes.
 */
export function holdEnd(socket: Socket, ended: () => void): () => void {
  const { push } = socket
  let isEnded = false
  // A socket that reads into its own buffer, as that of TLS does, may have more in there than was asked of it yet.
  const onData = (): void => {
    if (socket.readableLength > 0) return
    socket.removeListener('data', onData)
    ended()
  }
  // node:net passes all that it reads to this method, and null for FIN.
  socket.push = (chunk, encoding) => {
    if (chunk !== null) return push.call(socket, chunk, encoding)
    isEnded = true
    if (socket.readableLength > 0) socket.on('data', onData)
    else ended()
    return false
  }
  return () => {
    delete (socket as Partial<Socket>).push
    socket.removeListener('data', onData)
    if (!isEnded) return
    socket.push(null)
    // As node:net does: with nothing to read in front of it the end comes by itself.
    socket.read(0)
  }
}
