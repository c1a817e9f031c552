import { type ConformanceCase, defineCases } from '../../case.ts'
import { type Bench, expectProbe } from '../bench.ts'

export const upg04: readonly ConformanceCase<Bench>[] = defineCases('UPG-04', {
  'answers in the ordinary way where the application does not take it, and goes on': async bench => {
    const { connection, response, request } = await bench.exchange({
      fields: ['Connection: Upgrade', 'Upgrade: websocket'],
    })
    expectProbe(response, request)
    await bench.followUp(connection, response)
  },
})
