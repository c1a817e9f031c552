import type { BodyChunk } from '../../../response.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { fail } from '../../failure.ts'
import type { MiddlewareBench } from '../bench.ts'
import { htmlHeaders, TEXT } from '../responses.ts'
import { WatchedBody } from '../watched-response.ts'

/** Milliseconds after which nothing that comes counts as passed on. */
const BOUND = 1000

export const mid06: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-06', {
  'passes the first piece on before there is a second': async bench => {
    let release!: () => void
    const released = new Promise<void>(resolve => {
      release = resolve
    })
    const body = new WatchedBody(async function* (): AsyncGenerator<BodyChunk> {
      yield TEXT
      await released
      yield TEXT
    })
    const first = (async () => {
      const { outer } = await bench.pass({ status: 200, headers: htmlHeaders(), body })
      await outer.next()
      return 'passed on'
    })()
    const outcome = await inTime(first)
    release()
    await first.catch(() => undefined)
    if (outcome === 'late') fail(`nothing came out within ${BOUND / 1000} s of the first piece`)
  },
})

async function inTime(work: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, BOUND, 'late')
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
