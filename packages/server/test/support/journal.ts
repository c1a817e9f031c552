// Notes in which order an exchange ends: the signal, the body's return(), finished().
import type { Application, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { connect, type MemoryClient } from './memory-client.ts'

/** What was called, in order. */
export class Journal {
  readonly events: string[] = []
  readonly errors: unknown[] = []

  watch(request: GatewayRequest): void {
    request.signal.addEventListener('abort', () => this.events.push('signal'))
  }

  finished(): NonNullable<GatewayResponse['finished']> {
    return (...args: unknown[]) => {
      this.events.push(args.length === 0 ? 'finished' : 'finished with an error')
      this.errors.push(args[0])
    }
  }

  /** A body that yields those chunks, waiting for `gate` before the last; its return() is noted. */
  body(chunks: readonly unknown[], gate?: Promise<unknown>): AsyncIterable<string> {
    let at = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (at === chunks.length - 1) await gate
          if (at === chunks.length) return { done: true as const, value: undefined }
          const value = chunks[at++]
          if (value instanceof Error) throw value
          return { done: false as const, value: value as string }
        },
        return: () => {
          this.events.push('return')
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    }
  }
}

/** A client of that application, and the journal of how its exchanges end. */
export function serveWithJournal(
  application: (journal: Journal) => Application,
  observed = false,
): { client: MemoryClient; journal: Journal } {
  const journal = new Journal()
  const serving = application(journal)
  const client = connect(
    (request, context) => {
      journal.watch(request)
      return serving(request, context)
    },
    { observed },
  )
  return { client, journal }
}

/** How a lost exchange ends: without a body to return, and with one. */
export const LOST: readonly string[] = ['signal', 'finished with an error']
export const LOST_BODY: readonly string[] = ['signal', 'return', 'finished with an error']
