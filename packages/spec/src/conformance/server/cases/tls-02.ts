import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { named } from '../splits.ts'

/** Connections that begin a handshake and leave it at that. */
const UNFINISHED = 32

/** The beginning of a ClientHello: a handshake record of 512 bytes, of which these are all that come. */
const BEGUN = Buffer.from('1603010200010001fc0303', 'hex')

/** What no handshake begins with, or goes on with. */
const BROKEN: Readonly<Record<string, Uint8Array>> = {
  'a record of no known type': Buffer.from('ff03010005aaaaaaaaaa', 'hex'),
  'a ClientHello that is none': Buffer.concat([Buffer.from('1603010020', 'hex'), Buffer.alloc(32, 0xff)]),
  'a record that is too long': Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(20_000, 0xaa)]),
  'an alert': Buffer.from('15030100020228', 'hex'),
  'application data before any handshake': Buffer.from('1703030005aaaaaaaaaa', 'hex'),
}

// Alone, each of them: where a server fails here, whatever else goes on with it fails, too.
export const tls02: readonly ConformanceCase<Bench>[] = defineCases('TLS-02', {
  'answers others while handshakes are not finished': {
    serial: true,
    run: async bench => {
      for (let count = 0; count < UNFINISHED; count += 1) {
        const connection = await bench.connect(undefined, { tls: null })
        if (count % 2 === 0) connection.send(BEGUN)
      }
      await bench.alive()
    },
  },

  'calls the application for nobody who speaks plain text, and goes on': {
    serial: true,
    run: async bench => {
      const request = probeRequest()
      const connection = await bench.connect(undefined, { tls: null })
      connection.request(request)
      const { rest } = await connection.reader.toClose('the end of the connection')
      expectThat(!rest.includes(`probe ${request.key}`), 'plain text was answered by the application', { seen: rest })
      bench.probe.expectNoCall(request.key)
      await bench.alive()
    },
  },

  'closes the connection of a handshake that is none, and goes on': {
    serial: true,
    run: async bench => {
      for (const [name, bytes] of Object.entries(BROKEN)) {
        const connection = await bench.connect(undefined, { tls: null })
        connection.send(bytes)
        try {
          await connection.reader.toClose('the end of the connection')
          await bench.alive()
        } catch (error) {
          throw named(error, name)
        }
      }
    },
  },

  'goes on where clients go away within the handshake': {
    serial: true,
    run: async bench => {
      for (const going of ['close', 'reset', 'halfClose'] as const) {
        const connection = await bench.connect(undefined, { tls: null })
        connection.send(BEGUN)[going]()
        await bench.alive()
      }
    },
  },
})
