// Certificates for tests: certificates/make.sh made them.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TlsMaterial } from '../../src/ipc/messages.ts'

/** A certificate for localhost, another one for it, two for shop.example, one that has expired, and those of clients. */
export type CertificateName = 'server' | 'renewed' | 'shop' | 'admin' | 'expired' | 'client' | 'stranger'

/** The path of a file, for those that are named in settings: `server.pem`, `server.key`. */
export function certificateFile(
  file: `${CertificateName | 'authority'}.pem` | `${CertificateName | 'encrypted'}.key`,
): string {
  return fileURLToPath(new URL(`certificates/${file}`, import.meta.url))
}

/** The text of a certificate. */
export function certificate(name: CertificateName | 'authority'): string {
  return readFileSync(certificateFile(`${name}.pem`), 'utf8')
}

/** The text of a key. */
export function privateKey(name: CertificateName | 'encrypted'): string {
  return readFileSync(certificateFile(`${name}.key`), 'utf8')
}

/** What a server is told that uses these certificates, and for the rest the simplest. */
export function tlsMaterial(
  names: readonly CertificateName[] = ['server'],
  changes: Partial<TlsMaterial> = {},
): TlsMaterial {
  return {
    certificates: names.map(name => ({ cert: certificate(name), key: privateKey(name) })),
    ca: null,
    clientCertificates: 'none',
    ciphers: null,
    ticketKeys: Buffer.alloc(48, 7).toString('base64'),
    ...changes,
  }
}
