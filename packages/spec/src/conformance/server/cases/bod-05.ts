import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat, fail } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { settled } from '../settled.ts'

const MEGABYTE = 1024 * 1024

/** Bytes that are offered. Kernels buffer up to some ten megabytes of a connection in both directions. */
const OFFERED = 96 * MEGABYTE

/** Bytes that a server may have taken of a body that nobody reads, the kernel's buffers included. */
const BOUND = 48 * MEGABYTE

/** Milliseconds that the rest of the bytes may take once they are read. */
const UPLOAD = 20_000

async function stopsAndGoesOn(bench: Bench): Promise<void> {
  const request = probeRequest({
    method: 'POST',
    fields: [`Content-Length: ${OFFERED}`],
    script: { before: [{ gate: 'read' }, { read: 'all' }] },
  })
  // The answer comes behind all of it, which takes a while.
  const connection = await bench.connect(undefined, { silence: UPLOAD })
  connection.request(request)
  const piece = Buffer.alloc(MEGABYTE, 0x61)
  for (let sent = 0; sent < OFFERED; sent += MEGABYTE) connection.sendUnrecorded(piece)
  await bench.event(request.key, 'call')
  await settled(() => connection.unsent)
  const taken = OFFERED - connection.unsent
  expectThat(taken < BOUND, `${Math.round(taken / MEGABYTE)} MB were taken of a body that nobody reads`)
  bench.open(request.key, 'read')
  const { status } = await connection.response()
  const end = bench.probe.of(request.key, 'body-end')[0] ?? fail('the body did not end')
  expectEqual([status, end['length']], [200, OFFERED], 'status, and bytes read in the end')
}

const details = { serial: true, run: stopsAndGoesOn }

export const bod05: readonly ConformanceCase<Bench>[] = defineCases('BOD-05', {
  'stops reading where the application does not, and goes on where it does': details,
  'does so over TLS': { ...details, profile: 'tls' },
})
