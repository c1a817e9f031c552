// How evenly connections come to workers: measured, not judged.
import { connect, type Socket } from 'node:net'
import { ResponseReader } from '../soak/response-reader.ts'
import { Subject } from './subject.ts'

/** How connections come in. */
export type Arrival =
  /** One after the other, as fast as each is answered; all stay open. */
  | 'in turn'
  /** All at the same moment. */
  | 'at once'

/** What a server had of them. */
export interface Spread {
  /** Connections of each worker, the fewest first. */
  readonly connections: readonly number[]
  /** The standard deviation, in connections. */
  readonly deviation: number
}

export interface SpreadOptions {
  readonly workers: number
  readonly connections: number
  readonly arrival: Arrival
  /** Settings of the server besides. */
  readonly settings: readonly string[]
}

/** Opens so many connections, each with one request that tells who answers it, and closes them when all have been answered. */
export async function spreadOf({ workers, connections, arrival, settings }: SpreadOptions): Promise<Spread> {
  const subject = await Subject.start({ server: 'kirin', workers, settings })
  const sockets: Socket[] = []
  try {
    const counts = new Map(subject.workers().map(pid => [pid, 0]))
    const open = async (): Promise<void> => {
      const pid = await answererOf(subject.port, sockets)
      counts.set(pid, (counts.get(pid) ?? 0) + 1)
    }
    if (arrival === 'at once') await Promise.all(Array.from({ length: connections }, open))
    else for (let i = 0; i < connections; i++) await open()
    return summary([...counts.values()])
  } finally {
    for (const socket of sockets) socket.destroy()
    await subject.stop()
  }
}

function summary(counts: readonly number[]): Spread {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  return { connections: counts.toSorted((a, b) => a - b), deviation: Math.sqrt(variance) }
}

/** Which process answers on a new connection, which joins the others. */
function answererOf(port: number, sockets: Socket[]): Promise<number> {
  const reader = new ResponseReader(['GET'])
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  sockets.push(socket)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('a connection was closed before it was answered')))
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      const [response] = reader.responses
      if (response !== undefined) resolve(Number(response.headers.get('x-pid')))
    })
    socket.write('GET /bytes?length=1&ms=0 HTTP/1.1\r\nHost: spread\r\n\r\n')
  })
}
