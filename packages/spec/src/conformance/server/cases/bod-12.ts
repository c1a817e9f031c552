import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import type { Script } from '../probe/script.ts'
import { type ProbeRequest, probeRequest } from '../request.ts'
import type { ServerProcess } from '../server-process.ts'

/** The limit that a server is started with, in bytes. */
const LIMIT = 1000

/** What there is to say where no such server can be started. */
const UNLIMITED = 'no command for a server with a limit was given (--limit-command)'

/** A tebibyte: whoever limits bodies at all limits this one. */
const LENGTH = 2 ** 40

export const bod12: readonly ConformanceCase<Bench>[] = defineCases('BOD-12', {
  'answers 413 to a body beyond its limit, or reads on; the body never looks whole': async bench => {
    const request = probeRequest({
      method: 'POST',
      fields: [`Content-Length: ${LENGTH}`],
      body: 'abc',
      script: { before: [{ read: 'all' }] },
    })
    const connection = await bench.connect()
    connection.request(request)
    await bench.quiet()
    const answered = connection.reader.waiting.length > 0
    if (answered) expectEqual((await connection.response()).status, 413, 'the status')
    connection.close()
    const called = bench.probe.of(request.key, 'call').length > 0
    expectThat(called || answered, 'the application was not called and no answer was given')
    if (called) await bench.event(request.key, 'body-error')
    return answered ? undefined : 'no limit on the size of a body showed'
  },

  'answers 413 to one byte more than its limit, whatever the application makes of it, and has the body reject':
    async bench => {
      const server = await limited(bench)
      if (server === undefined) return UNLIMITED
      for (const framing of FRAMINGS) {
        const request = withBody(framing, LIMIT + 1, { before: [{ read: 'all' }] })
        const connection = (await bench.connect(server)).request(request)
        expectEqual((await connection.response()).status, 413, `the status (${framing})`)
        if (server.probe.of(request.key, 'call').length > 0) await rejected(bench, { server, request })
      }
      return undefined
    },

  'takes what is within its limit': async bench => {
    const server = await limited(bench)
    if (server === undefined) return UNLIMITED
    for (const framing of FRAMINGS) {
      const request = withBody(framing, LIMIT, { before: [{ read: 'all' }] })
      const connection = (await bench.connect(server)).request(request)
      expectProbe(await connection.response(), request)
      expectEqual(server.probe.of(request.key, 'body-end')[0]?.['length'], LIMIT, `bytes that were read (${framing})`)
      await bench.ping(connection)
    }
    return undefined
  },

  'has the body reject where the limit is passed after the head': async bench => {
    const server = await limited(bench)
    if (server === undefined) return UNLIMITED
    const steps = [{ yield: 'a' }, { read: 'all' }] as const
    const { bytes, ...request } = withBody('chunked', LIMIT + 1, { response: { body: { $: 'async', steps } } })
    const head = bytes.indexOf('\r\n\r\n') + 4
    const connection = (await bench.connect(server)).request({ ...request, bytes: bytes.subarray(0, head) })
    expectEqual((await connection.head()).status, 200, 'the status')
    connection.send(bytes.subarray(head))
    await rejected(bench, { server, request })
    return undefined
  },
})

const FRAMINGS = ['declared', 'chunked'] as const

async function limited(bench: Bench): Promise<ServerProcess | undefined> {
  const { limitCommand: command } = bench.server
  return command === undefined ? undefined : bench.shared({ command, limit: LIMIT })
}

function withBody(framing: (typeof FRAMINGS)[number], length: number, script: Script): ProbeRequest {
  const content = 'b'.repeat(length)
  return probeRequest({
    method: 'POST',
    fields: [framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`],
    body: framing === 'chunked' ? `${length.toString(16)}\r\n${content}\r\n0\r\n\r\n` : content,
    script,
  })
}

async function rejected(
  bench: Bench,
  { server, request }: { readonly server: ServerProcess; readonly request: Pick<ProbeRequest, 'key'> },
): Promise<void> {
  await server.probe.event(request.key, { type: 'body-error', signal: bench.signal })
  expectEqual(server.probe.of(request.key, 'body-end').length, 0, 'ends of the body')
}
