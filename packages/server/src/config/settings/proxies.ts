import type { ForwarderField } from '../../proxy/forwarded/forwarded-fields.ts'
import type { ProxyProtocol } from '../../proxy/protocol/proxy-header.ts'
import type { TableOf } from '../setting.ts'
import { forwarderField, mount, proxyProtocol, schemeField, trustEntry } from '../value-kinds.ts'

/** Who may speak for clients. */
export interface ProxySettings {
  readonly forwardedAllowIps: readonly string[]
  readonly forwarderHeaders: readonly ForwarderField[]
  readonly secureSchemeHeaders: readonly string[]
  readonly rootPath: string
  readonly proxyProtocol: 'off' | ProxyProtocol
  readonly proxyAllowIps: readonly string[]
}

/** Their part of the table. */
export const proxySettings: TableOf<ProxySettings> = {
  forwardedAllowIps: {
    group: 'Proxies',
    flag: '--forwarded-allow-ips',
    variables: [{ name: 'FORWARDED_ALLOW_IPS' }],
    kind: trustEntry,
    repeatable: true,
    commas: true,
    default: ['127.0.0.1', '::1'],
    summary: 'Peers whose forwarded fields are believed: addresses, networks in CIDR notation, or *',
    details:
      'Peers on a UNIX socket are believed as well: the file’s permissions decide who can be one. What others send has no effect and stays in the ' +
      'headers as it is. `*` believes everybody: only where nobody but the proxy can reach Kirin. With `--proxy-protocol` the peer is the client ' +
      'that the PROXY header names. `--forwarded-allow-ips=` (empty) believes nobody, and requests are not even looked at.',
  },
  forwarderHeaders: {
    group: 'Proxies',
    flag: '--forwarder-headers',
    kind: forwarderField,
    repeatable: true,
    commas: true,
    default: ['x-forwarded-for'],
    summary: 'Fields, besides those of the scheme, that a believed peer speaks through',
    details:
      'Name those that your proxy sets or removes in every request, and no others: a field that it leaves alone is the client’s own word. ' +
      '`x-forwarded-for` gives the client’s address, `x-forwarded-host` the host that it asked for, `forwarded` (RFC 7239) both and the scheme. Two tell the prefix of the path that becomes `request.mount`: `x-forwarded-prefix` one that ' +
      'the proxy took off the path, and Kirin puts back in front of it, `script_name` one that the path still begins with, as with `--root-path`. The address is ' +
      'the rightmost that is not itself in `--forwarded-allow-ips`. Fields that contradict each other, and ' +
      'those that cannot be understood, are answered with 400.',
  },
  secureSchemeHeaders: {
    group: 'Proxies',
    flag: '--secure-scheme-headers',
    kind: schemeField,
    repeatable: true,
    commas: true,
    default: ['X-Forwarded-Protocol=ssl', 'X-Forwarded-Proto=https', 'X-Forwarded-Proto=wss', 'X-Forwarded-Ssl=on'],
    summary: 'Fields of a believed peer that tell the scheme, each with the value that means https',
    details:
      'Any other value means http. A request in which they say both is answered with 400: a client added one of them, or two proxies disagree.',
  },
  rootPath: {
    group: 'Proxies',
    flag: '--root-path',
    kind: mount,
    default: '',
    defaultText: 'none',
    summary: 'Prefix of the path under which the application stands: /api becomes request.mount',
    details:
      '`request.path` is what follows it. The proxy passes the whole path on: requests for other paths, and all where the proxy takes the prefix off, reach the application with ' +
      'their whole path, and `""` for a mount; for a proxy that takes it off there is `--forwarder-headers x-forwarded-prefix`. What a believed peer says goes before this setting.',
  },
  proxyProtocol: {
    group: 'Proxies',
    flag: '--proxy-protocol',
    kind: proxyProtocol,
    default: 'off',
    summary: 'Require a PROXY header at the beginning of every connection: v1, v2, or auto for either',
    details:
      'It gives `request.remote`, and where it says that the client came over TLS (`send-proxy-v2-ssl`), `https` for `request.scheme`; the rest of a header is skipped. A connection without one, and one from a peer that is not in ' +
      '`--proxy-allow-ips`, is closed unanswered, and the log says why. Without a value the option means `auto`; the application must then not ' +
      'stand directly behind it.',
  },
  proxyAllowIps: {
    group: 'Proxies',
    flag: '--proxy-allow-ips',
    aliases: ['--proxy-allow-from'],
    kind: trustEntry,
    repeatable: true,
    commas: true,
    default: ['127.0.0.1', '::1'],
    summary: 'Peers that may send PROXY headers: addresses, networks in CIDR notation, or *',
    details: 'Peers on a UNIX socket may as well.',
  },
}
