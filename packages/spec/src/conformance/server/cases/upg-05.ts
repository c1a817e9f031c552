import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { taken } from '../upgrades.ts'

export const upg05: readonly ConformanceCase<Bench>[] = defineCases('UPG-05', {
  'calls finished without an error when the socket has ended on both sides': async bench => {
    const { connection, key } = await taken(bench)
    await bench.quiet()
    expectEqual(bench.probe.of(key, 'finished').length, 0, 'calls of finished while the socket is open')
    connection.halfClose()
    await connection.end()
    expectEqual((await bench.event(key, 'finished'))['error'], null, 'the error of finished')
  },

  'gives it an error where the socket broke': async bench => {
    const { connection, key } = await taken(bench)
    connection.reset()
    const { error } = await bench.event(key, 'finished')
    expectThat(typeof error === 'string', 'finished got no error')
    expectEqual(bench.probe.of(key, 'finished').length, 1, 'calls of finished')
  },
})
