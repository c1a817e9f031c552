import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { settled } from '../settled.ts'

const SIZE = 64 * 1024
const TIMES = 1024

/** Chunks, 32 MB of them, that may be asked for while the client reads nothing: the kernel buffers some megabytes. */
const BOUND = TIMES / 2

async function stopsAndGoesOn(bench: Bench): Promise<void> {
  const request = probeRequest({ script: { response: { body: { $: 'flood', size: SIZE, times: TIMES } } } })
  const connection = await bench.connect(undefined, { paused: true })
  connection.request(request)
  await bench.event(request.key, 'next')
  const asked = await settled(() => bench.probe.of(request.key, 'next').length)
  expectThat(asked < BOUND, `${asked} chunks of 64 KB were asked for while the client read nothing`)
  connection.resume()
  expectEqual((await connection.response()).body.length, SIZE * TIMES, 'bytes of the body')
  expectEqual((await bench.event(request.key, 'finished'))['error'], null, 'the error of finished')
}

const details = { serial: true, run: stopsAndGoesOn }

export const res28: readonly ConformanceCase<Bench>[] = defineCases('RES-28', {
  'stops asking while the client does not read, and goes on where it does': details,
  'does so over TLS': { ...details, profile: 'tls' },
})
