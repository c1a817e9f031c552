import type { TableOf } from '../setting.ts'
import { choice, path, text } from '../value-kinds.ts'

/** What the operator says about TLS. */
export interface TlsSettings {
  /** Files with a certificate and the chain behind it; PEM. */
  readonly certfile: readonly string[]
  /** The key's file for each certificate; none where the keys stand in the certificates' files. */
  readonly keyfile: readonly string[]
  /** The authorities that clients' certificates must come from; PEM. */
  readonly caCerts: string | null
  readonly certReqs: 'none' | 'optional' | 'required'
  /** A list in OpenSSL's format; `null` for node's. */
  readonly ciphers: string | null
}

/** Their part of the table. */
export const tlsSettings: TableOf<TlsSettings> = {
  certfile: {
    group: 'TLS',
    flag: '--certfile',
    kind: path,
    repeatable: true,
    default: [],
    defaultText: 'plain HTTP',
    summary: 'File with a certificate and the chain behind it (PEM): TCP sockets speak TLS then; may be repeated',
    details:
      'Of several certificates a client gets the first one for the name that it asks for (SNI), names spelled out going before ' +
      'wildcards; a client without a name, or with an unknown one, gets the first of all. The files are read by the master, at the ' +
      'start and at each HUP: see [signals.md](signals.md). UNIX sockets speak plain HTTP in any case.',
  },
  keyfile: {
    group: 'TLS',
    flag: '--keyfile',
    kind: path,
    repeatable: true,
    default: [],
    defaultText: 'the key stands in the certificate’s file',
    summary: 'File with the key of the certificate (PEM); as often as --certfile, in the same order',
    details: 'A key with a passphrase is refused: nobody is there to type it when a server starts.',
  },
  caCerts: {
    group: 'TLS',
    flag: '--ca-certs',
    kind: path,
    default: null,
    defaultText: 'none',
    summary: 'File with the authorities that clients’ certificates must come from (PEM)',
  },
  certReqs: {
    group: 'TLS',
    flag: '--cert-reqs',
    kind: choice<TlsSettings['certReqs']>(
      { 0: 'none', 1: 'optional', 2: 'required', none: 'none', optional: 'optional', required: 'required' },
      '<0|1|2>',
    ),
    default: 'none',
    summary: 'Whether clients are asked for a certificate: 0 no, 1 they may have one, 2 they must',
    details:
      'A certificate that is shown must come from one of --ca-certs, or the connection is refused. The application finds it as ' +
      '`request.tls.peerCertificate`, in the form of node’s `getPeerCertificate()`.',
  },
  ciphers: {
    group: 'TLS',
    flag: '--ciphers',
    kind: text('a cipher list in the format of OpenSSL', '<list>'),
    default: null,
    defaultText: 'those of Node',
    summary: 'Cipher suites for TLS 1.2, in the format of OpenSSL',
    details:
      'The suites of TLS 1.3 stay on, unless the list names some (`TLS_AES_256_GCM_SHA384`): then it counts for both versions. Versions before ' +
      '1.2 are never spoken.',
  },
}
