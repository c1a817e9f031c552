import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, skip } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'

interface Ends {
  readonly remote: { readonly address: string; readonly port: number | null }
  readonly local: { readonly address: string; readonly port: number | null }
}

export const req28: readonly ConformanceCase<Bench>[] = defineCases('REQ-28', {
  'tells both ends of a TCP connection': async bench => {
    const { key, connection } = await bench.exchange()
    const { remote, local } = (await bench.call(key)) as unknown as Ends
    expectEqual(remote, { address: '127.0.0.1', port: connection.localPort }, 'remote')
    expectEqual(local, { address: '127.0.0.1', port: connection.remotePort }, 'local')
  },

  'has null for a port on a UNIX socket': async bench => {
    const command = bench.server.unixCommand ?? skip('no command for a UNIX socket was given (--unix-command)')
    const server = await bench.start({ command })
    const connection = await bench.connect(server)
    const request = probeRequest()
    await connection.request(request).response()
    const call = await server.probe.event(request.key, { type: 'call', signal: bench.signal })
    const { remote, local } = call as unknown as Ends
    expectEqual([remote.port, local.port], [null, null], 'the ports')
    expectEqual([typeof remote.address, typeof local.address], ['string', 'string'], 'the types of the addresses')
  },
})
