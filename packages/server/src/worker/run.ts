// What is loaded before a program that listens by itself (`kirin run server.js`), in the worker process that runs it: the worker
// waits here for its order and takes the program's server over. The program is the main module then.
import { isMainThread } from 'node:worker_threads'

// A program's own threads and children load what it was started with as well: they are none of ours.
if (isMainThread && process.send !== undefined) {
  // First of all: without a listener Node opens its inspector at SIGUSR1, and the master
  // decides what HUP to a whole group means.
  process.on('SIGUSR1', () => {})
  process.on('SIGHUP', () => {})
  const own = process.execArgv.indexOf(import.meta.url)
  if (own > 0) process.execArgv.splice(own - 1, 2)
  const { WorkerProcess } = await import('./worker-process.ts')
  const worker = new WorkerProcess()
  worker.start()
  await worker.prepared
}
