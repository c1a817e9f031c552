// Keeps a socket from ending before anybody could listen: node has taken its parser away, and a FIN that nothing stands
// in front of would end the readable side at once.
import type { Socket } from 'node:net'

/** Keeps a FIN back; the result lets it through, now or whenever it comes. */
export function holdEnd(socket: Socket): () => void {
  const { push } = socket
  let hasCome = false
  // node:net passes all that it reads to this method, and null for FIN.
  socket.push = (chunk, encoding) => {
    if (chunk !== null) return push.call(socket, chunk, encoding)
    hasCome = true
    return false
  }
  return () => {
    delete (socket as Partial<Socket>).push
    if (!hasCome) return
    socket.push(null)
    socket.read(0)
  }
}
