// Reads the files that the TLS settings name, and checks them as far as that can be done before a client comes.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { TlsSettings } from '../../config/settings/tls.ts'
import type { CertificateAndKey, TlsMaterial } from '../../ipc/messages.ts'
import { contextOptions } from './context-options.ts'

/** What the files hold, checked; the keys for tickets are not in files. */
export type CheckedCertificates =
  | { readonly certificates: Omit<TlsMaterial, 'ticketKeys'>; readonly warnings: readonly string[] }
  | { readonly problems: readonly string[] }

/** A mistake of the operator's, worded for them. */
class Problem extends Error {}

/**
 * Reads and checks all files: unreadable or malformed ones, keys that belong to another certificate, and ciphers that
 * OpenSSL does not know are problems, one line each; a certificate that is not valid now is a warning.
 *
 * @param now milliseconds since the epoch
 */
export function readCertificates(settings: TlsSettings, now: number): CheckedCertificates {
  const problems = settingProblems(settings)
  const warnings: string[] = []
  const certificates: CertificateAndKey[] = []
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problems.push(error.message)
      return undefined
    }
  }
  if (problems.length > 0) return { problems }
  for (const [index, certfile] of settings.certfile.entries()) {
    const pair = attempt(() => readPair(certfile, settings.keyfile[index]))
    if (pair === undefined) continue
    certificates.push(pair)
    warnings.push(...validityWarnings(certfile, pair.cert, now))
  }
  const { caCerts } = settings
  const ca = caCerts === null ? null : (attempt(() => readAuthorities(caCerts)) ?? null)
  const checked = { certificates, ca, clientCertificates: settings.certReqs, ciphers: settings.ciphers }
  if (problems.length === 0) attempt(() => tryContexts(checked, settings))
  return problems.length > 0 ? { problems } : { certificates: checked, warnings }
}

function settingProblems({ certfile, keyfile, caCerts, certReqs }: TlsSettings): string[] {
  const problems: string[] = []
  if (certfile.length === 0) problems.push('--certfile: without a certificate there is no TLS to be set up')
  else if (keyfile.length > 0 && keyfile.length !== certfile.length) {
    problems.push(
      `--keyfile: expected one for each --certfile (${certfile.length}) or none, got ${keyfile.length}: ` +
        'the first belongs to the first, and so on',
    )
  }
  if (certReqs !== 'none' && caCerts === null) {
    problems.push('--cert-reqs: clients cannot be asked for certificates without --ca-certs to check them by')
  }
  return problems
}

function readPair(certfile: string, keyfile: string | undefined): CertificateAndKey {
  const cert = readText('--certfile', certfile)
  const [leaf] = parseCertificates('--certfile', certfile, cert)
  const key = keyfile === undefined ? cert : readText('--keyfile', keyfile)
  const parsed = parseKey(keyfile ?? certfile, key, keyfile === undefined)
  if (!leaf?.checkPrivateKey(parsed)) {
    throw new Problem(
      keyfile === undefined
        ? `--certfile: the key in ${certfile} does not belong to the certificate in it`
        : `--keyfile: ${keyfile} does not belong to the certificate in ${certfile}`,
    )
  }
  return { cert, key }
}

function readAuthorities(file: string): string {
  const text = readText('--ca-certs', file)
  parseCertificates('--ca-certs', file, text)
  return text
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Problem(`${option}: cannot read ${file}: ${(error as Error).message}`)
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

function parseCertificates(option: string, file: string, text: string): readonly X509Certificate[] {
  const blocks = text.match(CERTIFICATE)
  if (blocks === null) throw new Problem(`${option}: no certificate in ${file} (expected PEM: BEGIN CERTIFICATE)`)
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block)
    } catch (error) {
      throw new Problem(`${option}: certificate ${index + 1} in ${file} is malformed: ${(error as Error).message}`)
    }
  })
}

function parseKey(file: string, text: string, isCertificateFile: boolean): KeyObject {
  const option = isCertificateFile ? '--certfile' : '--keyfile'
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new Problem(
      `${option}: no private key in ${file}${isCertificateFile ? ', and no --keyfile names another file' : ' (expected PEM: BEGIN PRIVATE KEY)'}`,
    )
  }
  try {
    return createPrivateKey(text)
  } catch (error) {
    // OpenSSL asks for a passphrase, which nobody is there to type when a server starts.
    const encrypted = (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE' || text.includes('ENCRYPTED')
    throw new Problem(
      encrypted
        ? `${option}: the key in ${file} is encrypted; give one without a passphrase, readable by the master only`
        : `${option}: the key in ${file} is malformed: ${(error as Error).message}`,
    )
  }
}

/** Each certificate is tried as it will be used: OpenSSL has rules of its own, about short keys for instance. */
function tryContexts(checked: Omit<TlsMaterial, 'ticketKeys'>, { certfile }: TlsSettings): void {
  if (checked.ciphers !== null) {
    try {
      createSecureContext(contextOptions({ ...checked, ca: null }, undefined))
    } catch (error) {
      throw new Problem(`--ciphers: ${JSON.stringify(checked.ciphers)} is no cipher list: ${(error as Error).message}`)
    }
  }
  for (const [index, pair] of checked.certificates.entries()) {
    try {
      createSecureContext(contextOptions(checked, pair))
    } catch (error) {
      throw new Problem(`--certfile: ${certfile[index]} cannot be used: ${(error as Error).message}`)
    }
  }
}

/** The lines about certificates of a file that are not valid at `now`. */
function validityWarnings(file: string, text: string, now: number): readonly string[] {
  return parseCertificates('--certfile', file, text).flatMap(({ validFrom, validTo, subject }) => {
    const whose = `${file} (${subject.replaceAll('\n', ', ')})`
    if (Date.parse(validTo) < now) return [`The certificate in ${whose} expired on ${validTo}`]
    return Date.parse(validFrom) > now ? [`The certificate in ${whose} is not valid before ${validFrom}`] : []
  })
}
