import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { taken } from '../upgrades.ts'

export const upg03: readonly ConformanceCase<Bench>[] = defineCases('UPG-03', {
  'gives the bytes behind the request first, even where they look like one': async bench => {
    const behind = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n'
    const { connection } = await taken(bench, { behind })
    connection.send('more')
    const echo = await connection.reader.bytes(behind.length + 4, 'the echo')
    expectEqual(echo.toString('latin1'), `${behind}more`.toUpperCase(), 'the echo')
  },
})
