import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { TlsSettings } from '../../../src/config/settings/tls.ts'
import { readCertificates } from '../../../src/transport/tls/certificate-files.ts'
import { certificate, certificateFile, privateKey } from '../../support/certificates.ts'

const NOW = Date.UTC(2025, 0, 1)
const PLAIN: TlsSettings = { certfile: [], keyfile: [], caCerts: null, certReqs: 'none', ciphers: null }
const PAIR = { certfile: [certificateFile('server.pem')], keyfile: [certificateFile('server.key')] }

const directories: string[] = []
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

/** A file with that text, removed after the test. */
function fileWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'certificates-'))
  directories.push(directory)
  const file = join(directory, 'file.pem')
  writeFileSync(file, text)
  return file
}

function problemsOf(settings: Partial<TlsSettings>): readonly string[] {
  const checked = readCertificates({ ...PLAIN, ...settings }, NOW)
  return 'problems' in checked ? checked.problems : []
}

describe('certificate files that can be used', () => {
  it('are read in order, with the authorities and the rest of the settings', () => {
    const settings: TlsSettings = {
      certfile: [certificateFile('server.pem'), certificateFile('shop.pem')],
      keyfile: [certificateFile('server.key'), certificateFile('shop.key')],
      caCerts: certificateFile('authority.pem'),
      certReqs: 'required',
      ciphers: 'ECDHE+AESGCM',
    }
    expect(readCertificates(settings, NOW)).toEqual({
      certificates: {
        certificates: [
          { cert: certificate('server'), key: privateKey('server') },
          { cert: certificate('shop'), key: privateKey('shop') },
        ],
        ca: certificate('authority'),
        clientCertificates: 'required',
        ciphers: 'ECDHE+AESGCM',
      },
      warnings: [],
    })
  })

  it('may hold the chain and the key as well', () => {
    const whole = certificate('server') + certificate('authority') + privateKey('server')
    expect(readCertificates({ ...PLAIN, certfile: [fileWith(whole)] }, NOW)).toMatchObject({
      certificates: { certificates: [{ cert: whole, key: whole }] },
    })
  })

  it.each([
    ['expired', NOW, /^The certificate in \S+expired\.pem \(CN=localhost\) expired on Feb  1 /],
    ['server', Date.UTC(2019, 0, 1), /^The certificate in \S+server\.pem \(CN=localhost\) is not valid before Jan  1 /],
  ] as const)('give a warning when they are not valid now: %s', (name, now, line) => {
    const settings = { certfile: [certificateFile(`${name}.pem`)], keyfile: [certificateFile(`${name}.key`)] }
    expect(readCertificates({ ...PLAIN, ...settings }, now)).toMatchObject({ warnings: [expect.stringMatching(line)] })
  })
})

describe('certificate files that cannot be used', () => {
  it.each<[string, () => Partial<TlsSettings>, RegExp]>([
    ['a missing file', () => ({ ...PAIR, certfile: ['nowhere.pem'] }), /^--certfile: cannot read nowhere\.pem: ENOENT/],
    ['a missing key', () => ({ ...PAIR, keyfile: ['nowhere.key'] }), /^--keyfile: cannot read nowhere\.key: ENOENT/],
    ['missing authorities', () => ({ ...PAIR, caCerts: 'nowhere' }), /^--ca-certs: cannot read nowhere: ENOENT/],
    ['a directory', () => ({ ...PAIR, certfile: [tmpdir()] }), /^--certfile: cannot read \S+: EISDIR/],
    ['no certificate', () => ({ certfile: [fileWith('text')] }), /^--certfile: no certificate in \S+ \(expected PEM: /],
    [
      'a malformed certificate',
      () => ({
        ...PAIR,
        certfile: [fileWith(`${certificate('server')}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`)],
      }),
      /^--certfile: certificate 2 in \S+ is malformed: /,
    ],
    [
      'no key',
      () => ({ ...PAIR, keyfile: [certificateFile('server.pem')] }),
      /^--keyfile: no private key in \S+server\.pem \(exp/,
    ],
    [
      'no key in the same file',
      () => ({ ...PAIR, keyfile: [] }),
      /^--certfile: no private key in \S+, and no --keyfile names another/,
    ],
    [
      'a malformed key',
      () => ({ ...PAIR, keyfile: [fileWith('-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n')] }),
      /^--keyfile: the key in \S+ is malformed: /,
    ],
    [
      'an encrypted key',
      () => ({ ...PAIR, keyfile: [certificateFile('encrypted.key')] }),
      /^--keyfile: the key in \S+ is encrypted; /,
    ],
    [
      "another one's key",
      () => ({ ...PAIR, keyfile: [certificateFile('shop.key')] }),
      /^--keyfile: \S+shop\.key does not belong to the certificate in \S+server\.pem$/,
    ],
    [
      "another one's key in the same file",
      () => ({ certfile: [fileWith(certificate('server') + privateKey('shop'))] }),
      /^--certfile: the key in \S+ does not belong to the certificate in it$/,
    ],
    ['ciphers that nobody knows', () => ({ ...PAIR, ciphers: 'ROT13' }), /^--ciphers: "ROT13" is no cipher list: /],
    [
      'too few keys',
      () => ({ ...PAIR, certfile: [...PAIR.certfile, ...PAIR.certfile] }),
      /^--keyfile: expected one for each --certfile \(2\) or none, got 1/,
    ],
    ['no certificate for a key', () => ({ ...PAIR, certfile: [] }), /^--certfile: /],
    ['nobody to check clients by', () => ({ ...PAIR, certReqs: 'optional' }), /^--cert-reqs: \S.* without --ca-certs /],
  ])('%s: one line that says which and why', (_what, settings, line) => {
    expect(problemsOf(settings())).toEqual([expect.stringMatching(line)])
  })

  it('are all told at once', () => {
    expect(problemsOf({ certfile: ['one', 'two'], keyfile: [], caCerts: 'three' })).toHaveLength(3)
  })
})
