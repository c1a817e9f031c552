import type { BodyChunk, GatewayResponse } from '../../response.ts'

/** A body in pieces that knows what became of it. */
export class WatchedBody implements AsyncIterable<BodyChunk> {
  /** It said `done`. */
  hasEnded = false
  /** How often `return()` was called. */
  returns = 0
  readonly #pieces: () => AsyncIterator<BodyChunk> | Iterator<BodyChunk>

  /** @param pieces makes the iterator that the pieces come from */
  constructor(pieces: () => AsyncIterator<BodyChunk> | Iterator<BodyChunk>) {
    this.#pieces = pieces
  }

  /** Neither read to its end nor closed: what it holds is held for ever. */
  get isLeaked(): boolean {
    return !this.hasEnded && this.returns === 0
  }

  [Symbol.asyncIterator](): AsyncIterator<BodyChunk> {
    const iterator = this.#pieces()
    return {
      next: async () => {
        const step = this.returns > 0 ? { done: true as const, value: undefined } : await iterator.next()
        if (step.done === true && this.returns === 0) this.hasEnded = true
        return step
      },
      return: async () => {
        this.returns += 1
        return { done: true, value: undefined }
      },
    }
  }
}

/** A response of the application inside, and what it was told. */
export interface Watched {
  readonly response: GatewayResponse
  /** What each call of `finished` was given. */
  readonly finishes: unknown[]
  /** Set where the body is in pieces. */
  readonly body: WatchedBody | undefined
  /** What changed on the response since it was made, in words; `undefined` if nothing. */
  change(): string | undefined
}

/** A response that keeps watch on itself. */
export function watchedResponse(init: GatewayResponse): Watched {
  const finishes: unknown[] = []
  const finished = (...given: readonly unknown[]): void => {
    finishes.push(given[0])
  }
  const response = { ...init, finished }
  const { body } = init
  return { response, finishes, body: body instanceof WatchedBody ? body : undefined, change: changesOf(response) }
}

/** Remembers the members of an object and of its `headers`, and tells the first that is another later on. */
export function changesOf(object: object): () => string | undefined {
  const parts = [object, (object as { readonly headers?: object }).headers ?? {}]
  const before = parts.map(part => new Map(membersOf(part)))
  return () => {
    for (const [index, part] of parts.entries()) {
      const known = before[index] as Map<PropertyKey, unknown>
      const now = new Map(membersOf(part))
      const name = [...new Set([...known.keys(), ...now.keys()])].find(
        key => known.has(key) !== now.has(key) || !Object.is(known.get(key), now.get(key)),
      )
      if (name !== undefined) return index === 0 ? String(name) : `headers[${JSON.stringify(String(name))}]`
    }
    return undefined
  }
}

/** Own members; of an accessor the function, so that it is not run. */
function membersOf(object: object): readonly (readonly [PropertyKey, unknown])[] {
  return Reflect.ownKeys(object).map(key => {
    const { get, value } = Reflect.getOwnPropertyDescriptor(object, key) ?? {}
    return [key, get ?? (value as unknown)] as const
  })
}
