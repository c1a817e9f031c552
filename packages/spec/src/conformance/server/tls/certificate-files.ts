import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY } from './certificates.ts'

/** The placeholders of a command that stand for files with certificates, PEM each. */
export type CertificateFiles = Readonly<Record<'cert' | 'key' | 'ca', string>>

/** Writes what a server needs to speak TLS into a directory; gives the paths. */
export function writeCertificates(directory: string): CertificateFiles {
  const files = {
    cert: join(directory, 'server.crt'),
    key: join(directory, 'server.key'),
    ca: join(directory, 'ca.crt'),
  }
  writeFileSync(files.cert, SERVER_CERTIFICATE)
  writeFileSync(files.key, SERVER_KEY, { mode: 0o600 })
  writeFileSync(files.ca, AUTHORITY)
  return files
}
