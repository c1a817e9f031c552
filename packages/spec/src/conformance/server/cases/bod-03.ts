import { gzipSync } from 'node:zlib'
import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import type { ProbeDirectory } from '../probe-directory.ts'
import { probeRequest } from '../request.ts'
import { atEverySplit } from '../splits.ts'

/** Sizes in both cases and with leading zeros, extensions, a chunk that looks like the end. */
const CHUNKED = '3\r\nabc\r\n0A;x="y"\r\n0123456789\r\n05\r\n0\r\n\r\n\r\n0\r\n\r\n'

function unchunked(bench: Bench): Promise<void> {
  return atEverySplit(
    bench,
    () =>
      probeRequest({
        method: 'POST',
        fields: ['Transfer-Encoding: chunked'],
        body: CHUNKED,
        script: { before: [{ read: 'all' }] },
      }),
    async (response, request) => {
      expectProbe(response, request)
      await bench.event(request.key, 'body-end')
      expectEqual(bytesRead(bench.probe, request.key).toString('latin1'), 'abc01234567890\r\n\r\n', 'the body')
    },
  )
}

export const bod03: readonly ConformanceCase<Bench>[] = defineCases('BOD-03', {
  'removes the chunked coding, wherever it is cut': unchunked,

  'leaves a content coding alone': async bench => {
    const body = gzipSync('some text')
    const { key } = await bench.exchange({
      method: 'POST',
      fields: ['Content-Encoding: gzip', `Content-Length: ${body.length}`],
      body,
      script: { before: [{ read: 'all' }] },
    })
    await bench.event(key, 'body-end')
    expectEqual(bytesRead(bench.probe, key).toString('hex'), body.toString('hex'), 'the body')
    const headers = (await bench.call(key))['headers'] as Record<string, string>
    expectEqual(headers['content-encoding'], 'gzip', 'content-encoding')
  },

  'removes the chunked coding over TLS, wherever a record ends': { profile: 'tls', run: unchunked },
})

/** What the application read of a body so far. */
function bytesRead(probe: ProbeDirectory, key: string): Buffer {
  return Buffer.concat(probe.of(key, 'chunk').map(({ bytes }) => Buffer.from(String(bytes), 'base64')))
}
