import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { taken } from '../upgrades.ts'
import { valuesOf } from '../wire/response.ts'

export const upg02: readonly ConformanceCase<Bench>[] = defineCases('UPG-02', {
  'writes the head of the switch and then only what the application writes': async bench => {
    const { connection, head } = await taken(bench)
    expectEqual(head.status, 101, 'the status')
    expectEqual(valuesOf(head, 'upgrade'), ['websocket'], 'upgrade')
    expectThat(/upgrade/i.test(valuesOf(head, 'connection').join()), 'connection does not say upgrade')
    for (const name of ['content-length', 'transfer-encoding']) expectEqual(valuesOf(head, name), [], name)
    await bench.quiet()
    connection.expectNothing('before the client said anything')
    connection.send('hello')
    expectEqual((await connection.reader.bytes(5, 'the echo')).toString('latin1'), 'HELLO', 'the echo')
    connection.halfClose()
    await connection.end()
  },

  'does so with a 2xx to CONNECT': async bench => {
    const { connection, head } = await taken(bench, { method: 'CONNECT', target: 'a:1', status: 200 })
    expectEqual(head.status, 200, 'the status')
    connection.send('hello')
    expectEqual((await connection.reader.bytes(5, 'the echo')).toString('latin1'), 'HELLO', 'the echo')
  },
})
