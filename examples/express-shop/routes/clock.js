import { Router } from 'express'

const SECOND = 1000

/** Responses that are told the time. One timer serves them all, and runs only while there are any. */
const listeners = new Set()
let timer

export const clock = Router()

/** Server-sent events: the time and the worker that tells it, at once and then every second. */
clock.get('/', (_request, response) => {
  response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  tell(response)
  listeners.add(response)
  timer ??= setInterval(() => listeners.forEach(tell), SECOND)
  response.on('close', () => forget(response))
})

function tell(response) {
  response.write(`event: tick\ndata: ${JSON.stringify({ time: new Date().toISOString(), worker: process.pid })}\n\n`)
  // What the compression middleware adds: without it the event would wait for more to be compressed with.
  response.flush()
}

function forget(response) {
  listeners.delete(response)
  if (listeners.size > 0) return
  clearInterval(timer)
  timer = undefined
}

// Kirin stops a worker gracefully with TERM and waits for what still runs. A clock never ends by itself: it is told to,
// and the browser connects again to another worker.
process.once('SIGTERM', () => listeners.forEach(response => response.end()))
