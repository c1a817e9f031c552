// Memory stays flat however much flows through: a worker of its own, watched from outside. KIRIN_TEST_GIB says how many GiB
// flow each way: a quarter by default; 2 for the long run, which has 1,000 slow readers, too.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, jest } from '@jest/globals'
import { get as fetchText } from '../support/http-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'
import { forgetPeak, peakBytes, residentBytes } from '../support/process-memory.ts'

const MIB = 1024 * 1024
const GIBS = Number(process.env['KIRIN_TEST_GIB'] ?? 0.25)
const VOLUME = Math.round(GIBS * 1024) * MIB
const READERS = GIBS > 1 ? 1000 : 40

/** What the collector may lag behind, whatever the volume: a quarter GiB that was kept would be twice that. */
const SLACK = 128 * MIB

/** Bytes for each slow reader: what waits for it up to the high-water mark, the chunk above it, and the connection. */
const READER_SHARE = 256 * 1024

const APPLICATION = `
  let produced = 0
  function* pieces(bytes) {
    for (let at = 0; at < bytes; at += 65536) {
      produced += 65536
      yield Buffer.alloc(65536, 1)
    }
  }
  export default async request => {
    if (request.path === '/produced') return { status: 200, body: String(produced) }
    if (request.path === '/down') {
      return { status: 200, headers: { connection: 'close' }, body: pieces(Number(request.query)) }
    }
    let bytes = 0
    for await (const piece of request.body) bytes += piece.length
    return { status: 200, headers: { connection: 'close' }, body: String(bytes) }
  }
`

if (GIBS > 1) jest.setTimeout(600_000)

interface Worker {
  readonly port: number
  readonly pid: number
  readonly origin: string
}

async function startWorker(): Promise<Worker> {
  const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
  const { kirin, origin } = await startServing(['--send-timeout', '3600', 'app.mjs'], { cwd })
  await kirin.line(/Worker 0 .*ready/i)
  const worker = { origin, port: Number(new URL(origin).port), pid: kirin.workers()[0] as number }
  // The heap grows to its working size with the first bytes.
  await upload(worker, 16 * MIB)
  await download(worker, 16 * MIB)
  forgetPeak(worker.pid)
  return worker
}

async function open({ port }: Worker, head: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.write(`${head}\r\nhost: a\r\n`)
  return socket
}

/** Sends so many bytes; how many the application says that it read. */
async function upload(worker: Worker, bytes: number): Promise<number> {
  const socket = await open(worker, 'POST / HTTP/1.1')
  socket.write(`content-length: ${bytes}\r\n\r\n`)
  const piece = Buffer.alloc(MIB)
  for (let sent = 0; sent < bytes; sent += MIB) if (!socket.write(piece)) await once(socket, 'drain')
  let answer = ''
  for await (const text of socket.setEncoding('latin1')) answer += text
  return Number(/\r\n\r\n(\d+)$/.exec(answer)?.[1])
}

/** Reads a body of so many bytes to its end; how many bytes came. */
async function download(worker: Worker, bytes: number): Promise<number> {
  const socket = await open(worker, `GET /down?${bytes} HTTP/1.1`)
  socket.write('\r\n')
  return count(socket)
}

async function count(socket: Socket): Promise<number> {
  let bytes = 0
  for await (const piece of socket as AsyncIterable<Buffer>) bytes += piece.length
  return bytes
}

/** Waits until the application is asked for nothing more; how many bytes it has made. */
async function stalled({ origin }: Worker): Promise<number> {
  for (let before = -1, quiet = 0; ; ) {
    const produced = Number((await fetchText('/produced', { origin })).body)
    quiet = produced === before ? quiet + 1 : 0
    if (quiet === 20) return produced
    before = produced
  }
}

/** Shown by the long run. */
function tell(what: string, before: number, after: number): void {
  if (GIBS > 1)
    process.stderr.write(`${what}: ${Math.round(before / MIB)} MiB before, ${Math.round(after / MIB)} after\n`)
}

describe('the memory of a worker', () => {
  it(`does not grow with an upload of ${GIBS} GiB that is read and dropped`, async () => {
    const worker = await startWorker()
    const before = residentBytes(worker.pid)
    expect(await upload(worker, VOLUME)).toBe(VOLUME)
    const after = peakBytes(worker.pid)
    tell('upload', before, after)
    expect(after - before).toBeLessThan(SLACK)
  })

  it(`does not grow with a download of ${GIBS} GiB`, async () => {
    const worker = await startWorker()
    const before = residentBytes(worker.pid)
    expect(await download(worker, VOLUME)).toBeGreaterThan(VOLUME)
    const after = peakBytes(worker.pid)
    tell('download', before, after)
    expect(after - before).toBeLessThan(SLACK)
  })

  it(`grows by little for each of ${READERS} clients that do not read their 64 MiB`, async () => {
    const worker = await startWorker()
    const before = residentBytes(worker.pid)
    const readers = await Promise.all(
      Array.from({ length: READERS }, async () => {
        const socket = await open(worker, `GET /down?${64 * MIB} HTTP/1.1`)
        socket.write('\r\n')
        await once(socket, 'readable')
        return socket
      }),
    )
    const produced = await stalled(worker)
    const after = peakBytes(worker.pid)
    tell(`${READERS} slow readers, ${Math.round(produced / MIB)} MiB made`, before, after)
    expect(produced).toBeLessThan(READERS * 48 * MIB)
    expect(after - before).toBeLessThan(SLACK + READERS * READER_SHARE)
    const [first, ...others] = readers
    expect(await count(first as Socket)).toBeGreaterThan(64 * MIB)
    for (const socket of others) socket.destroy()
  })
})
