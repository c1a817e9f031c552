// What OpenSSL is told for one certificate: the same where it is tried and where it is used.
import type { SecureContextOptions } from 'node:tls'
import type { CertificateAndKey, TlsMaterial } from '../../ipc/messages.ts'

/** What TLS 1.3 offers; every client that speaks it knows all three (RFC 8446 §9.1). */
const TLS13_SUITES = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

/**
 * Sessions are resumed only under the name they were made under. OpenSSL insists on one where clients show certificates; it must be the same in every
 * worker, which node's own, a hash of the command line, need not be.
 */
const SESSION_CONTEXT = 'kirin'

/** Options for a context with that certificate, or with none. The oldest version is node's: TLS 1.2. */
export function contextOptions(
  { ca, ciphers }: Pick<TlsMaterial, 'ca' | 'ciphers'>,
  pair: CertificateAndKey | undefined,
): SecureContextOptions {
  return {
    ...(pair === undefined ? {} : { cert: pair.cert, key: pair.key }),
    ...(ca === null ? {} : { ca }),
    ...(ciphers === null ? {} : { ciphers: withTls13(ciphers) }),
    honorCipherOrder: true,
    sessionIdContext: SESSION_CONTEXT,
  }
}

/** Node takes a list without a suite of TLS 1.3 as a wish to do without that version; OpenSSL's list never concerns it. */
function withTls13(ciphers: string): string {
  return ciphers.includes('TLS_') ? ciphers : `${TLS13_SUITES}:${ciphers}`
}
