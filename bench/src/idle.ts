// What a connection costs that does nothing. Each gets one answer, then all of them wait: memory before and after, and
// processor time while they wait. Not one of the suites of run.ts, which measure processor time a request.
//   node bench/dist/idle.js [--connections 10000] [--seconds 10] [--rounds 2]
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { processorTime } from './process-tree.ts'
import { serving } from './serving.ts'
import { KIRIN_GATEWAY, NET_FLOOR, NODE_HTTP, type Target } from './targets.ts'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
  },
})
const connections = Number(values.connections)
const seconds = Number(values.seconds)

/** Connections that are opened at the same time: below any backlog. */
const AT_ONCE = 100

interface Idle {
  /** Bytes of resident memory for each connection. */
  readonly bytes: number
  /** Milliseconds of processor time for each second that all of them waited. */
  readonly processor: number
}

console.log('| server | memory a connection | processor time a second |\n| --- | --- | --- |')
for (let round = 0; round < Number(values.rounds); round++) {
  for (const target of [NODE_HTTP, KIRIN_GATEWAY, NET_FLOOR]) {
    const { bytes, processor } = await measure(target)
    console.log(`| ${target.name} | ${(bytes / 1024).toFixed(1)} KiB | ${processor.toFixed(1)} ms |`)
  }
}

function measure(target: Target): Promise<Idle> {
  return serving(target, false, async ({ pid, port }) => {
    // What the first requests cost once is not a matter of connections.
    for (const socket of await openMany(port, 500)) socket.destroy()
    await wait(500)
    const before = residentBytes(pid)
    const sockets = await openMany(port, connections)
    const after = residentBytes(pid)
    const { user, system } = processorTime(pid)
    await wait(seconds * 1000)
    const later = processorTime(pid)
    const lost = sockets.filter(socket => socket.readableEnded || socket.destroyed).length
    if (lost > 0) throw new Error(`${target.name} closed ${lost} connections that were to stay idle`)
    for (const socket of sockets) socket.destroy()
    const spent = Math.max(0, later.user + later.system - user - system)
    return { bytes: (after - before) / connections, processor: (spent * 1000) / seconds }
  })
}

/** Opens connections, each of which has had one answer. */
async function openMany(port: number, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const more = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => openOne(port))
    sockets.push(...(await Promise.all(more)))
  }
  return sockets
}

async function openOne(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  await once(socket, 'data')
  socket.resume()
  return socket
}

/** Of the process and its children: Kirin's worker is one. */
function residentBytes(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(resident) * 1024 + children.reduce((sum, child) => sum + residentBytes(Number(child)), 0)
}
