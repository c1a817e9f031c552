import { createHash } from 'node:crypto'
import type { GatewayResponse } from '../../../response.ts'
import type { HeldResponse } from '../../application/held-response.ts'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import { deliver, type MiddlewareBench, requestOf } from '../bench.ts'
import { htmlHeaders, pieces, TEXT } from '../responses.ts'

const DIGEST = createHash('sha256').update(TEXT).digest('base64')
const SIZE = String(Buffer.byteLength(TEXT))

/** What was computed from the bytes of the body (RFC 9110 §8.8.3, RFC 9530, RFC 1864). */
const COMPUTED: Readonly<Record<string, string>> = {
  etag: '"of-these-bytes"',
  'content-digest': `sha-256=:${DIGEST}:`,
  'repr-digest': `sha-256=:${DIGEST}:`,
  digest: `sha-256=${DIGEST}`,
}

/** What a pass says where there was nothing to judge. */
const UNCHANGED = 'it changed the body of no response'

export const mid05: readonly ConformanceCase<MiddlewareBench>[] = defineCases('MID-05', {
  'changes or drops what was computed from a body that it changes': async bench => {
    let changed = 0
    for (const response of computed()) {
      const { outer } = await bench.pass(response)
      const bytes = await deliver(outer)
      if (bytes.equals(Buffer.from(TEXT))) continue
      changed += 1
      const length = fieldOf(outer, 'content-length')
      const isRight = length === undefined || length === String(bytes.length)
      expectThat(isRight, `content-length says ${length}, the body has ${bytes.length} bytes`)
      for (const [name, value] of Object.entries(COMPUTED)) {
        const isStale = fieldOf(outer, name) === value
        expectThat(!isStale, `the body is another, but ${name} is still that of the old bytes`, { seen: value })
      }
    }
    return changed === 0 ? UNCHANGED : undefined
  },

  'declares to HEAD no length that GET does not have': async bench => {
    for (const response of computed()) {
      const { outer: get } = await bench.pass(response)
      const bytes = await deliver(get)
      if (bytes.equals(Buffer.from(TEXT))) return UNCHANGED
      const { outer } = await bench.pass({ ...response, body: null }, requestOf({ ...bench.request, method: 'HEAD' }))
      const length = fieldOf(outer, 'content-length')
      await outer.end()
      const isRight = length === undefined || length === String(bytes.length)
      expectThat(isRight, `content-length to HEAD says ${length}, the body of GET has ${bytes.length} bytes`)
    }
    return undefined
  },
})

function computed(): readonly GatewayResponse[] {
  return [TEXT, pieces()].map(body => ({
    status: 200,
    headers: { ...htmlHeaders(), ...COMPUTED, 'content-length': SIZE },
    body,
  }))
}

function fieldOf({ response }: HeldResponse, name: string): string | undefined {
  const value = response.headers?.[name]
  return value === undefined ? undefined : String(value)
}
