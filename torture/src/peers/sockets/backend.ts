// What stands behind a proxy: takes down what the proxy sends on, and answers each request with 204 and the end.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { observeReference } from '../../reference/reference.ts'
import { ByClient } from './peer.ts'

/** The field in which a proxy names its client. */
export const STREAM_FIELD = 'X-Torture-Client'

const CLIENT = new RegExp(`\\r\\n${STREAM_FIELD}: (127\\.0\\.0\\.\\d+:\\d+)\\r\\n`, 'i')

/** One connection from the proxy. */
interface Capture {
  bytes: string
}

export class CapturingBackend {
  readonly port: number
  readonly captures: ByClient<Capture> = new ByClient<Capture>()
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.server = server
    this.port = (server.address() as { port: number }).port
    server.on('connection', socket => this.accept(socket))
  }

  /** Starts it on a free port. */
  static async start(): Promise<CapturingBackend> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CapturingBackend(server)
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }

  private accept(socket: Socket): void {
    const capture: Capture = { bytes: '' }
    let isKnown = false
    let isAnswered = false
    this.sockets.add(socket)
    socket.on('close', () => this.sockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      capture.bytes += chunk.toString('latin1')
      const client = isKnown ? undefined : CLIENT.exec(capture.bytes)?.[1]
      if (client !== undefined) {
        isKnown = true
        this.captures.add(client, capture)
      }
      if (isAnswered || !isWhole(capture.bytes)) return
      isAnswered = true
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
    })
  }
}

/** Whether a whole request has come, or something that never will be one. */
function isWhole(bytes: string): boolean {
  const { requests, end, reason } = observeReference(bytes)
  if (requests[0]?.whole === true) return true
  return bytes.includes('\r\n\r\n') && requests.length === 0 && end === 'refused' && reason !== ''
}
