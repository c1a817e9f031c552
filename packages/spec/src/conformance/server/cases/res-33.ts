import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { BodyStep } from '../probe/script.ts'
import { probeRequest } from '../request.ts'

const FAILING: readonly (readonly BodyStep[])[] = [
  [{ yield: 'abc' }, { throw: 'broken' }],
  [{ yield: 'abc' }, { gate: 'fail' }, { throw: 'broken' }],
  [{ yield: 'abc' }, { yield: 42 }],
]

export const res33: readonly ConformanceCase<Bench>[] = defineCases('RES-33', {
  'ends a chunked body without its last chunk': async bench => {
    for (const steps of FAILING) {
      const { connection, key } = await streaming(bench, { steps })
      await connection.head()
      bench.open(key, 'fail')
      const { rest } = await connection.reader.toClose('the end of the connection')
      expectThat(!rest.includes('0\r\n\r\n'), 'the last chunk was sent', { seen: rest })
      await failed(bench, key)
    }
  },

  'ends a body with a length short of it': async bench => {
    for (const steps of FAILING) {
      const { connection, key } = await streaming(bench, { steps, headers: { 'content-length': '9' } })
      await connection.head()
      bench.open(key, 'fail')
      const { rest } = await connection.reader.toClose('the end of the connection')
      expectThat('abc'.startsWith(rest.toString('latin1')), 'something else was sent than the body', { seen: rest })
      await failed(bench, key)
    }
  },

  'resets a connection whose close would look like the end': async bench => {
    for (const steps of FAILING) {
      const { connection, key } = await streaming(bench, { steps, version: 'HTTP/1.0' })
      bench.open(key, 'fail')
      const { how, rest } = await connection.reader.toClose('the end of the connection')
      // A server that had not sent the head yet may still answer 500 as if nothing had happened.
      if (rest.toString('latin1').startsWith('HTTP/1.1 500')) continue
      expectEqual(how, 'reset', 'how the connection ended')
      await failed(bench, key)
    }
  },
})

interface Streaming {
  readonly steps: readonly BodyStep[]
  readonly headers?: Readonly<Record<string, string>>
  readonly version?: string
}

async function streaming(
  bench: Bench,
  { steps, headers = {}, version = 'HTTP/1.1' }: Streaming,
): Promise<{ readonly connection: Awaited<ReturnType<Bench['connect']>>; readonly key: string }> {
  const request = probeRequest({ version, script: { response: { headers, body: { $: 'async', steps } } } })
  const connection = await bench.connect()
  connection.request(request)
  return { connection, key: request.key }
}

async function failed(bench: Bench, key: string): Promise<void> {
  const { error } = await bench.event(key, 'finished')
  expectThat(typeof error === 'string', 'finished got no error')
}
