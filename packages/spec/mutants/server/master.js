// Several processes of the server, and one that looks after them: node master.js <application> <port> <workers>
// SIGTERM stops them, SIGHUP puts new ones in their place, one that dies is replaced.
import { spawn } from 'node:child_process'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

const [file, port, count] = process.argv.slice(2)
const SERVER = fileURLToPath(new URL('./server.js', import.meta.url))
// Bound here and listened on by the workers alone: whoever listens, accepts.
const handle = net._createServerHandle('127.0.0.1', Number(port), 4)
const workers = new Set()
let stopping = false

for (let started = 0; started < Number(count); started += 1) start()
process.once('SIGTERM', () => stop(0))
process.on('SIGHUP', () => {
  // Each goes when one of those that follow is ready.
  const leaving = new Set(workers)
  for (const old of leaving) start(() => retire(old))
})

function start(ready = () => {}, number = freeNumber()) {
  const child = spawn(process.execPath, [SERVER, file, port], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', handle.fd],
    env: { ...process.env, WORKER: String(number) },
  })
  child.number = number
  workers.add(child)
  child.once('message', () => {
    child.ready = true
    ready()
  })
  child.once('exit', () => {
    workers.delete(child)
    // What fails in its startup would fail again.
    if (!child.ready) stop(1)
    else if (!stopping && !child.retired) start()
  })
}

function freeNumber() {
  const taken = new Set([...workers].map(({ number }) => number))
  for (let number = 0; ; number += 1) if (!taken.has(number)) return number
}

function retire(child) {
  child.retired = true
  child.kill('SIGTERM')
}

/** Ends all of them, and with the last this process. */
function stop(code) {
  process.exitCode ||= code
  if (stopping) return
  stopping = true
  for (const child of workers) retire(child)
}
