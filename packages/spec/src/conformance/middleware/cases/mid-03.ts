import type { RequestInit } from '../../../testing/create-request.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type MiddlewareBench, type Passage, requestOf, settle, TO_READ } from '../bench.ts'
import { htmlHeaders, pieces } from '../responses.ts'

/** Answers that some middleware replaces: missing pages, faults, what the client has already. */
const STATUSES = [200, 201, 302, 401, 403, 404, 405, 410, 429, 500, 502, 503]

export const mid03: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-03', {
  'closes and finishes a response that it does not return': async bench => {
    let discarded = 0
    for (const status of STATUSES) {
      for (const request of requestsLike(bench.request)) {
        const headers = { ...htmlHeaders(), etag: '"inner"' }
        const passage = await bench.attempt({ status, headers, body: pieces() }, requestOf(request))
        if (passage.inner !== undefined && (await isDiscarded(passage, status))) discarded += 1
      }
    }
    return discarded === 0 ? 'it threw none of the responses away' : undefined
  },
})

/** The request as it is, conditional, and for a part. */
function requestsLike(request: RequestInit): readonly RequestInit[] {
  const given = request.headers as Readonly<Record<string, string>> | undefined
  return [
    request,
    { ...request, headers: { ...given, 'if-none-match': '"inner"' } },
    { ...request, headers: { ...given, range: 'bytes=0-1' } },
  ]
}

async function isDiscarded({ outer, watched, thrown }: Passage, status: number): Promise<boolean> {
  const { body, finishes } = watched
  await outer?.readFor(TO_READ)
  await settle()
  const before = finishes.length
  const told = finishes[0]
  // What reaches the application from here on came from the server.
  await outer?.end()
  await settle()
  if (body === undefined || body.hasEnded) return false
  const what = `a response with ${status} was ${outer === undefined ? `lost in a throw (${String(thrown)})` : 'not sent'}`
  expectThat(body.returns > 0, `${what}, and its body not closed`)
  expectEqual(finishes.length, 1, `${what}: calls of its finished`)
  const isTrue = before === 0 || told !== undefined
  expectThat(isTrue, `${what}, but its finished was told of no error: it thinks that the client has it`)
  return true
}
