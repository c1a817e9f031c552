// What decides whether sockets read into one shared buffer, for tests that want it both ways.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** The prototype of node's TCP handles, where `onread` is looked for. */
export async function handlePrototype(): Promise<Record<string, unknown>> {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
  await once(socket, 'connect')
  const { _handle: handle } = socket as unknown as { _handle: object }
  socket.destroy()
  server.close()
  return Object.getPrototypeOf(handle) as Record<string, unknown>
}

/** Makes this Node one that cannot; the result takes that back. */
export async function withoutSharedReads(): Promise<() => void> {
  const prototype = await handlePrototype()
  Object.defineProperty(prototype, 'useUserBuffer', { value: undefined, configurable: true })
  return () => delete prototype['useUserBuffer']
}
