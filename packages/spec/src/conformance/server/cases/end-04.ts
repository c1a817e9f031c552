import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, skip } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'

async function answersHalfClosed(bench: Bench): Promise<void> {
  const request = probeRequest({ script: { before: [{ watch: true }, { gate: 'answer' }] } })
  const connection = await bench.connect()
  connection.request(request).halfClose()
  await bench.event(request.key, 'watching')
  await bench.quiet()
  expectEqual(bench.probe.of(request.key, 'signal').length, 0, 'aborts of the signal')
  bench.open(request.key, 'answer')
  expectProbe(await connection.response(), request)
  expectEqual((await bench.event(request.key, 'finished'))['error'], null, 'the error of finished')
}

async function sendsAll(bench: Bench): Promise<void> {
  const body = { $: 'async', steps: [{ yield: 'one' }, { gate: 'on' }, { yield: 'two' }] } as const
  const first = probeRequest({ script: { response: { body } } })
  const second = probeRequest()
  const connection = await bench.connect()
  connection.expect('GET').expect('GET')
  connection.send(Buffer.concat([first.bytes, second.bytes])).halfClose()
  const head = await connection.head()
  expectEqual((await connection.chunk()).toString('latin1'), 'one', 'the first chunk')
  bench.open(first.key, 'on')
  expectEqual((await connection.body(head)).body.toString('latin1'), 'two', 'the rest')
  expectProbe(await connection.response(), second)
  await connection.end()
}

export const end04: readonly ConformanceCase<Bench>[] = defineCases('END-04', {
  'answers a client that has ended its sending side, and does not call it lost': answersHalfClosed,
  'sends it all of a stream, and of pipelined requests': sendsAll,
  'does both over TLS 1.3, where close_notify ends one side only': {
    profile: 'tls',
    run: async bench => {
      const { session } = await bench.connect()
      if (session?.version !== 'TLSv1.3') skip('before TLS 1.3 close_notify ends both sides (RFC 8446 §6.1)')
      await answersHalfClosed(bench)
      await sendsAll(bench)
    },
  },
})
