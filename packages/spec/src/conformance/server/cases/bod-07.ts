import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { named } from '../splits.ts'

/** Bodies that end before they are over, when the client ends its sending side. */
const CUT = {
  'a length not reached': [['Content-Length: 10'], '12345'],
  'no byte of it': [['Content-Length: 10'], ''],
  'inside a chunk': [['Transfer-Encoding: chunked'], '5\r\nabc'],
  'between chunks': [['Transfer-Encoding: chunked'], '3\r\nabc\r\n'],
  'inside the last chunk': [['Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n'],
} as const

/** Bodies that are wrong. */
const MALFORMED = {
  'a size that is no number': [['Transfer-Encoding: chunked'], '3\r\nabc\r\nxyz\r\nabc\r\n0\r\n\r\n'],
  'a size with a sign': [['Transfer-Encoding: chunked'], '3\r\nabc\r\n+3\r\nabc\r\n0\r\n\r\n'],
  'a size with a prefix': [['Transfer-Encoding: chunked'], '3\r\nabc\r\n0x3\r\nabc\r\n0\r\n\r\n'],
  'a size of too many digits': [
    ['Transfer-Encoding: chunked'],
    '3\r\nabc\r\nfffffffffffffffffffff\r\nabc\r\n0\r\n\r\n',
  ],
  'a chunk longer than its size': [['Transfer-Encoding: chunked'], '3\r\nabcdef\r\n0\r\n\r\n'],
  'a bare LF behind a size': [['Transfer-Encoding: chunked'], '3\nabc\r\n0\r\n\r\n'],
  'a bare LF behind a chunk': [['Transfer-Encoding: chunked'], '3\r\nabc\n0\r\n\r\n'],
} as const

async function endsTooEarly(bench: Bench): Promise<void> {
  for (const [name, [fields, body]] of Object.entries(CUT)) {
    const request = probeRequest({ method: 'POST', fields, body, script: { before: [{ read: 'all' }] } })
    const connection = await bench.connect()
    connection.request(request).halfClose()
    await rejects(bench, { key: request.key, name })
  }
}

async function isReset(bench: Bench): Promise<void> {
  const fields = ['Content-Length: 10']
  const request = probeRequest({ method: 'POST', fields, body: '12345', script: { before: [{ read: 'all' }] } })
  const connection = await bench.connect()
  connection.request(request)
  await bench.event(request.key, 'chunk')
  connection.reset()
  await rejects(bench, { key: request.key, name: 'reset' })
}

export const bod07: readonly ConformanceCase<Bench>[] = defineCases('BOD-07', {
  'rejects the body where the client ends too early': endsTooEarly,

  'rejects the body where the connection is reset': isReset,

  'rejects a malformed body, and reads nothing behind it as a request': async bench => {
    for (const [name, [fields, body]] of Object.entries(MALFORMED)) {
      const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nprobe-key: {key}-smuggled\r\n\r\n'
      const script = { before: [{ read: 'all' }] } as const
      const request = probeRequest({ method: 'POST', fields, body: body + smuggled, script })
      const connection = await bench.connect()
      connection.request(request)
      await rejects(bench, { key: request.key, name })
      await connection.reader.toClose('the end of the connection')
      bench.probe.expectNoCall(`${request.key}-smuggled`)
    }
  },

  'rejects the body where the client ends too early, or resets, over TLS': {
    profile: 'tls',
    run: async bench => {
      await endsTooEarly(bench)
      await isReset(bench)
    },
  },
})

async function rejects(bench: Bench, { key, name }: { readonly key: string; readonly name: string }): Promise<void> {
  try {
    // A server that answers 400 by itself need not have called the application.
    await bench.quiet()
    if (bench.probe.of(key, 'call').length === 0) return
    await bench.event(key, 'body-error')
    expectEqual(bench.probe.of(key, 'body-end').length, 0, 'ends of the body')
  } catch (error) {
    throw named(error, name)
  }
}
