// Clients of a soak that leave HTTP: WebSockets by `ws`, and streams of HTTP/2 (RFC 8441), each of which gets its own bytes back.
import { connect as connectHttp2 } from 'node:http2'
import { WebSocket } from 'ws'
import type { Random } from '../random.ts'
import type { ClientOutcome } from './client.ts'
import { content } from './content.ts'
import { mayBeCutOff, type Progress } from './time-outs.ts'

/** Milliseconds in which anything is over, on the slowest machine. */
const DEADLINE = 60_000

/** The server that speaks TLS, and the one that does not. */
export interface Ports {
  readonly plain: number
  readonly secure: number
}

/** A WebSocket, over TLS or not: some messages, each echoed, and an end in order or without a word. Never rejects. */
export async function runWebSocket(ports: Ports, random: Random): Promise<ClientOutcome> {
  const url = random.oneIn(3) ? `wss://127.0.0.1:${ports.secure}/websocket` : `ws://127.0.0.1:${ports.plain}/websocket`
  const messages = Array.from({ length: 1 + random.below(8) }, () =>
    content(random.below(65_521), random.skewed(90_000)),
  )
  const leavesAt = random.oneIn(4) ? random.below(messages.length) : messages.length
  const socket = new WebSocket(url, { rejectUnauthorized: false, perMessageDeflate: false })
  let verified = 0
  let bytes = 0
  const progress = { started: performance.now(), isEstablished: false }
  const fault = await within(progress, resolve => {
    socket.on('error', error => resolve(error.message))
    socket.on('close', code => resolve(code === 1000 ? undefined : `closed with ${code}`))
    socket.on('open', () => {
      progress.isEstablished = true
      for (const message of messages) socket.send(message)
    })
    socket.on('message', (data: Buffer) => {
      bytes += data.length
      if (!data.equals(messages[verified] as Buffer)) resolve(`message ${verified} came back as something else`)
      verified++
      if (verified > leavesAt) {
        socket.terminate()
        resolve(undefined)
      } else if (verified === messages.length) socket.close(1000)
    })
  })
  socket.terminate()
  return { manner: 'websocket', verified, bytes, fault }
}

/** A stream of HTTP/2 that becomes an echo: ended by both sides, or reset. Never rejects. */
export async function runStream({ secure }: Ports, random: Random): Promise<ClientOutcome> {
  const session = connectHttp2(`https://127.0.0.1:${secure}`, { rejectUnauthorized: false })
  const sent = content(random.below(65_521), random.skewed(200_000))
  const isLeaving = random.oneIn(4)
  const chunks: Buffer[] = []
  const progress = { started: performance.now(), isEstablished: false }
  const fault = await within(progress, resolve => {
    session.on('error', error => resolve(error.message))
    session.on('remoteSettings', () => {
      progress.isEstablished = true
      const stream = session.request({ ':method': 'CONNECT', ':protocol': 'echo', ':path': '/stream' })
      stream.on('error', error => resolve(isLeaving ? undefined : error.message))
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (isLeaving) stream.close(8)
      })
      stream.on('close', () => {
        const isWhole = Buffer.concat(chunks).equals(sent)
        resolve(isLeaving || isWhole ? undefined : `${Buffer.concat(chunks).length} of ${sent.length} bytes came back`)
      })
      stream.end(sent)
    })
  })
  session.destroy()
  const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
  return {
    manner: 'stream',
    verified: isLeaving || fault !== undefined || !progress.isEstablished ? 0 : 1,
    bytes,
    fault,
  }
}

function within(
  progress: Progress,
  run: (resolve: (fault: string | undefined) => void) => void,
): Promise<string | undefined> {
  return new Promise(resolve => {
    const deadline = setTimeout(() => resolve('hangs'), DEADLINE)
    run(fault => {
      clearTimeout(deadline)
      resolve(mayBeCutOff(progress) ? undefined : fault)
    })
  })
}
