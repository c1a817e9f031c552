import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat, skip } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import { CLIENT_CERTIFICATE, CLIENT_KEY, CLIENT_NAME, SERVER_NAME } from '../tls/certificates.ts'
import type { TlsClient } from '../wire/secure-socket.ts'

type Told = Readonly<Record<'version' | 'alpn' | 'servername' | 'peerCertificate', unknown>>

export const req29: readonly ConformanceCase<Bench>[] = defineCases('REQ-29', {
  'has null for tls on a connection without TLS': async bench => {
    const { key } = await bench.exchange()
    expectEqual((await bench.call(key))['tls'], null, 'tls')
  },

  'names the version of the session and the protocol that was agreed on, null where none was': {
    profile: 'tls',
    run: async bench => {
      for (const alpn of [undefined, ['http/1.1']]) {
        const { told, session } = await tlsOf(bench, alpn === undefined ? {} : { alpn })
        expectEqual({ version: told.version, alpn: told.alpn }, session, 'version and alpn')
      }
    },
  },

  'has the name that the client asked for, null where it named none': {
    profile: 'tls',
    run: async bench => {
      for (const servername of [SERVER_NAME, 'localhost', null]) {
        const { told } = await tlsOf(bench, { servername })
        expectEqual(told.servername, servername, 'servername')
      }
    },
  },

  'has null for the certificate of a client without one': {
    profile: 'tls',
    run: async bench => {
      const { told } = await tlsOf(bench, {})
      expectEqual(told.peerCertificate, null, 'peerCertificate')
    },
  },

  'has the certificate of a client that was asked for one': {
    profile: 'tls',
    run: async bench => {
      const asks = bench.server.start?.({}).command.includes('{ca}') === true
      if (!asks) skip('the command for TLS has no {ca}: the server asks for no certificates')
      const { told } = await tlsOf(bench, { identity: { cert: CLIENT_CERTIFICATE, key: CLIENT_KEY } })
      const { subject } = (told.peerCertificate ?? {}) as { readonly subject?: { readonly CN?: unknown } }
      expectEqual(subject?.CN, CLIENT_NAME, "the common name of the certificate's subject")
    },
  },
})

/** What the application is told of a session, and what the client knows of it. */
async function tlsOf(
  bench: Bench,
  tls: TlsClient,
): Promise<{ readonly told: Told; readonly session: object | undefined }> {
  const { key, connection } = await bench.exchange({}, { tls })
  const told = (await bench.call(key))['tls']
  expectThat(typeof told === 'object' && told !== null, 'tls is no object', { seen: JSON.stringify(told) })
  return { told: told as Told, session: connection.session }
}
