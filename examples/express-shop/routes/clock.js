import { contextOf } from '@nsgi/adapters-express'
import { Router } from 'express'

const SECOND = 1000

/** Responses that are told the time. One timer serves them all, and runs only while there are any. */
const listeners = new Set()
let timer

export const clock = Router()

/** Server-sent events: the time and the worker that tells it, at once and then every second. */
clock.get('/', (request, response) => {
  response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  tell(response)
  listeners.add(response)
  timer ??= setInterval(() => listeners.forEach(tell), SECOND)
  response.on('close', () => forget(response))
  endWhenDraining(request, response)
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

let watched

/**
 * A worker that is to stop waits for what still runs. A clock never ends by itself: the worker's context tells it to, and
 * the browser connects again to another worker. On plain node:http there is no context, and nobody waits.
 */
function endWhenDraining(request, response) {
  const draining = contextOf(request)?.draining
  if (draining?.aborted) response.end()
  if (draining === watched) return
  watched = draining
  draining.addEventListener('abort', () => listeners.forEach(response => response.end()), { once: true })
}
