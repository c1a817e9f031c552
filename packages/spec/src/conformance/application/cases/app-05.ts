import type { RequestInit } from '../../../testing/create-request.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { ApplicationBench } from '../bench.ts'
import type { HeldResponse } from '../held-response.ts'

/** Milliseconds after which a response that still runs is one that may last long. */
const LONG = 400

/** Milliseconds that it gets to end itself. */
const TO_END = 2000

/** What a pass says where there was nothing to end. */
const NOTHING_LONG = 'none of the responses lasts long'

export const app05: readonly ConformanceCase<ApplicationBench>[] = defineCases('APP-05', {
  'ends a long response when request.signal aborts': async bench => {
    let seen = 0
    for (const init of bench.life.requests) {
      const client = new AbortController()
      const held = await longResponse(bench, { ...init, signal: client.signal })
      if (held === undefined) continue
      seen += 1
      client.abort()
      await expectEnd(held, 'request.signal aborted')
    }
    return seen === 0 ? NOTHING_LONG : undefined
  },

  // Serial, and so after all others: there is one context, and its `draining` aborts once.
  'ends a long response when context.draining aborts': {
    serial: true,
    run: async bench => {
      const long: HeldResponse[] = []
      for (const init of bench.life.requests) {
        const held = await longResponse(bench, init)
        if (held !== undefined) long.push(held)
      }
      bench.life.drain()
      for (const held of long) await expectEnd(held, 'context.draining aborted')
      return long.length === 0 ? NOTHING_LONG : undefined
    },
  },
})

/** The response, where it still runs after a while. */
async function longResponse(bench: ApplicationBench, init: RequestInit): Promise<HeldResponse | undefined> {
  const held = await bench.ask(init)
  const state = await held?.readFor(LONG).catch(() => 'ended')
  return state === 'open' ? held : undefined
}

async function expectEnd(held: HeldResponse, when: string): Promise<void> {
  const state = await held.readFor(TO_END).catch(() => 'ended')
  expectThat(state === 'ended', `${held.label}: the body still ran ${TO_END / 1000} s after ${when}`)
}
