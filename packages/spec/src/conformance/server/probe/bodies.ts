// The bodies of the probe's responses: iterables that tell every call.
import { Readable } from 'node:stream'
import type { BodyChunk, ResponseBody } from '../../../response.ts'
import { tell } from './events.ts'
import type { BodyScript, BodySource, Value } from './script.ts'
import { carryOut, revive, type Visit } from './steps.ts'

/** Makes a body of a script; anything else is taken as the value that it stands for. */
export function makeBody(body: Value | BodySource | undefined, visit: Visit): unknown {
  if (!isSource(body)) return body === undefined ? undefined : revive(body)
  if (body.$ === 'echo') return visit.request.body
  if (body.$ === 'flood') return flood(body, visit)
  return scripted(body, visit)
}

function isSource(body: Value | BodySource | undefined): body is BodySource {
  if (typeof body !== 'object' || body === null || !('$' in body)) return false
  const kinds: readonly unknown[] = ['async', 'sync', 'both', 'generator', 'stream', 'echo', 'flood']
  return kinds.includes(body.$)
}

function scripted(script: BodyScript, visit: Visit): ResponseBody {
  switch (script.$) {
    case 'async':
      return { [Symbol.asyncIterator]: () => iterator(script, visit) }
    case 'both':
      return Object.assign(['the wrong kind'], { [Symbol.asyncIterator]: () => iterator(script, visit) })
    case 'sync':
      return { [Symbol.iterator]: () => syncIterator(script, visit) }
    case 'generator':
      return generator(script, visit)
    case 'stream':
      return stream(script, visit)
  }
}

/** Each step that yields ends a `next()`; the steps before it are done first. */
function iterator(script: BodyScript, visit: Visit): AsyncIterator<BodyChunk> {
  const steps = script.steps.values()
  const { key } = visit
  let pending = 0

  async function advance(): Promise<IteratorResult<BodyChunk>> {
    for (const step of steps) {
      if ('yield' in step) return { done: false, value: revive(step.yield) as BodyChunk }
      await carryOut(step, visit)
    }
    return { done: true, value: undefined }
  }

  return {
    next: async () => {
      pending += 1
      tell(key, 'next', { pending })
      try {
        return await advance()
      } finally {
        pending -= 1
      }
    },
    return: async () => {
      tell(key, 'return', { pending })
      if (script.return === 'throw') throw new Error('return() fails')
      if (script.return === 'never') await new Promise(() => {})
      return { done: true, value: undefined }
    },
  }
}

function syncIterator({ steps }: BodyScript, { key }: Visit): Iterator<BodyChunk> {
  const values = steps.flatMap(step => ('yield' in step ? [revive(step.yield) as BodyChunk] : [])).values()
  return {
    next: () => {
      tell(key, 'next', { pending: 1 })
      return values.next()
    },
    return: () => {
      tell(key, 'return', { pending: 0 })
      return { done: true, value: undefined }
    },
  }
}

async function* generator({ steps }: BodyScript, visit: Visit): AsyncGenerator<BodyChunk> {
  try {
    for (const step of steps) {
      if ('yield' in step) yield revive(step.yield) as BodyChunk
      else await carryOut(step, visit)
    }
  } finally {
    tell(visit.key, 'return', { pending: 0 })
  }
}

function stream(script: BodyScript, visit: Visit): Readable {
  const source = iterator(script, visit)
  return new Readable({
    read() {
      source.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error as Error),
      )
    },
    destroy(error, callback) {
      tell(visit.key, 'destroy')
      callback(error)
    },
  })
}

function flood(
  { size, times }: { readonly size: number; readonly times: number },
  { key }: Visit,
): AsyncIterable<Uint8Array> {
  const chunk = new Uint8Array(size).fill(0x61)
  let count = 0
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        if (count === times) return { done: true, value: undefined }
        count += 1
        tell(key, 'next', { count })
        return { done: false, value: chunk }
      },
      return: async () => {
        tell(key, 'return', { count })
        return { done: true, value: undefined }
      },
    }),
  }
}
