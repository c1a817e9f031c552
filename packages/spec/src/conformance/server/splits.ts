// Inputs that arrive in two pieces, cut at every offset. How a cut is made certain: the first piece goes out in one write
// with the end of a request before it, and the second only after the answer to that request. So the server has read the
// first piece when the second is sent.
import { ConformanceFailure, expectThat } from '../failure.ts'
import type { Bench } from './bench.ts'
import { expectProbe, expectStatus } from './bench.ts'
import { inParallel } from './in-parallel.ts'
import { freshKey, type ProbeRequest, probeRequest } from './request.ts'
import type { Connection } from './wire/connection.ts'
import { framingOf, type ReceivedResponse, saysClose } from './wire/response.ts'

/** What is to be refused: text in latin1, `{key}` is replaced by a key that no call may mention. */
export type Refusals = Readonly<Record<string, string>>

/**
 * Fails unless each input is refused: the status is one of those given, the application is not called, and what follows on
 * the connection is its end, or a proper answer to one more request. Each goes out whole, then in two pieces at every offset.
 */
export async function expectRefused(
  bench: Bench,
  inputs: Refusals,
  { statuses = [400], whole = false }: { readonly statuses?: readonly number[]; readonly whole?: boolean } = {},
): Promise<void> {
  for (const [name, text] of Object.entries(inputs)) {
    const input = { name, text, statuses }
    await refused(bench, input, 0)
    if (!whole) {
      await inParallel(cuts(text.length, bench), offset => refused(bench, input, offset))
    }
  }
}

/** The offsets at which an input of that length is cut: all of them, or some that always have the last among them. */
function cuts(length: number, { server }: Bench): readonly number[] {
  const count = Math.ceil((length - 1) / server.cutEvery)
  return Array.from({ length: count }, (_none, index) => length - 1 - index * server.cutEvery).reverse()
}

interface RefusedInput {
  readonly name: string
  readonly text: string
  readonly statuses: readonly number[]
}

async function refused(bench: Bench, { name, text, statuses }: RefusedInput, offset: number): Promise<void> {
  const key = freshKey()
  const bytes = Buffer.from(text.replaceAll('{key}', key), 'latin1')
  const connection = await bench.connect()
  try {
    if (offset > 0) {
      const before = probeRequest()
      connection.request({ ...before, bytes: Buffer.concat([before.bytes, bytes.subarray(0, offset)]) })
      expectProbe(await connection.response(), before)
    }
    const head = await connection.send(bytes.subarray(offset)).head()
    expectStatus(head, ...statuses)
    bench.probe.expectNoCall(key)
    // An end that comes as a reset, because the server had not read everything, is no part of what is asked here.
    if (framingOf(head, 'GET') === 'close') await connection.reader.toClose('the end of the body')
    else await connection.body(head)
    if (saysClose(head)) await connection.end()
    else await pingOrEnd(bench, connection)
    bench.probe.expectNoCall(key)
  } catch (error) {
    throw named(error, offset === 0 ? name : `${name}, cut after ${offset} bytes`)
  }
  connection.dispose()
}

/** A server that refuses a message may close without announcing it, but what it answers must be right. */
async function pingOrEnd(bench: Bench, connection: Connection): Promise<void> {
  const request = probeRequest()
  connection.request(request)
  await connection.reader.some('an answer or the end').catch(() => undefined)
  if (connection.reader.waiting.length === 0) {
    expectThat(connection.reader.state !== 'open', 'the server neither answers another request nor closes')
    return
  }
  expectProbe(await connection.response(), request)
  expectThat(bench.probe.of(request.key, 'call').length === 1, 'the request behind it did not lead to one call')
}

/**
 * Sends a valid request over and over on one connection, cut at every offset in turn, and has each response judged.
 *
 * @param make gives a fresh request each time, always of the same length
 */
export async function atEverySplit(
  bench: Bench,
  make: () => ProbeRequest,
  judge: (response: ReceivedResponse, request: ProbeRequest, bench: Bench) => Promise<void> | void,
): Promise<void> {
  const connection = await bench.connect()
  let request = make()
  const offsets = cuts(request.bytes.length, bench)
  connection.send(request.bytes.subarray(0, offsets[0]))
  for (const [index, cut] of offsets.entries()) {
    const next = make()
    const following = offsets[index + 1]
    const tail = request.bytes.subarray(cut)
    const ahead = following === undefined ? Buffer.alloc(0) : next.bytes.subarray(0, following)
    connection.expect(request.method).send(Buffer.concat([tail, ahead]))
    try {
      await judge(await connection.response(), request, bench)
    } catch (error) {
      throw named(error, `cut after ${cut} bytes`)
    }
    request = next
  }
}

/** The same failure, saying of which input. */
export function named(error: unknown, name: string): unknown {
  if (!(error instanceof ConformanceFailure)) return error
  const { message, expected, seen, cause } = error
  return new ConformanceFailure(`${name}: ${message}`, { expected, seen, cause })
}
