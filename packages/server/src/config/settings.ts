// The one table of settings. The command line, the environment, every check, `--help` and docs/settings.md come from it.

import { DEFAULT_HTTP2_SETTINGS } from '../http2/session-options.ts'
import type { TlsMaterial, WorkerSettings } from '../ipc/messages.ts'
import type { BindAddress } from './bind-address.ts'
import type { Setting } from './setting.ts'
import {
  accessLogFormat,
  bindAddress,
  bytes,
  choice,
  fileMask,
  forwarderField,
  logfile,
  onOff,
  path,
  portOnly,
  proxyProtocol,
  schemeField,
  seconds,
  text,
  trustEntry,
  wholeNumber,
} from './value-kinds.ts'

/** How much the error log tells; the names are pino's. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Every setting with its final value: what workers are told, and what the master keeps. All times are in seconds. */
export interface Settings extends WorkerSettings, TlsSettings {
  readonly bind: readonly BindAddress[]
  readonly workers: number
  readonly bootTimeout: number
  readonly chdir: string | null
  readonly pid: string | null
  readonly name: string | null
  readonly umask: number | null
}

/** What the operator says about TLS. */
export interface TlsSettings {
  /** Files with a certificate and the chain behind it; PEM. */
  readonly certfile: readonly string[]
  /** The key's file for each certificate; none where the keys stand in the certificates' files. */
  readonly keyfile: readonly string[]
  /** The authorities that clients' certificates must come from; PEM. */
  readonly caCerts: string | null
  readonly certReqs: TlsMaterial['clientCertificates']
  /** A list in OpenSSL's format; `null` for node's. */
  readonly ciphers: string | null
}

/** The settings table: one entry for each member of {@link Settings}. */
export type SettingsTable = { readonly [Key in keyof Settings]: Setting<Settings[Key]> }

/** A day: no sane wait is longer, and a timer of Node's overflows at 24.8 days. */
const DAY = 86_400

/** A tebibyte: beyond it a limit is none. */
const TEBIBYTE = 2 ** 40

export const settingsTable: SettingsTable = {
  bind: {
    group: 'Sockets',
    flag: '--bind',
    short: '-b',
    variables: [{ name: 'PORT', kind: portOnly }],
    kind: bindAddress,
    repeatable: true,
    default: [{ type: 'tcp', host: '127.0.0.1', port: 8000 }],
    defaultText: 'or 0.0.0.0:$PORT if PORT is set',
    summary: 'Address to listen on: host:port, [ipv6]:port, unix:path or fd://number; may be repeated',
    details:
      'An empty host (`:8000`) is every IPv4 interface, `[::]:8000` every interface of both kinds, or of IPv6 alone where an IPv4 address with ' +
      'the same port is given as well; IPv4 clients of it have addresses like `::ffff:192.0.2.1`. `fd://3` is a bound socket that the process was started with. Port 0 takes a free port, which the log then names. A socket file ' +
      'left behind by a dead server is replaced; one that somebody still answers on is not. `--umask` decides who may connect to it.',
  },
  backlog: {
    group: 'Sockets',
    flag: '--backlog',
    kind: wholeNumber(1, 65_535),
    default: 2048,
    summary: 'Connections that may wait to be accepted, for each socket',
    details: 'The kernel caps it at `net.core.somaxconn`.',
  },
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
    kind: choice<TlsMaterial['clientCertificates']>(
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
  workers: {
    group: 'Workers',
    flag: '--workers',
    short: '-w',
    variables: [{ name: 'WEB_CONCURRENCY' }],
    kind: wholeNumber(1, 1024),
    default: 1,
    summary: 'Number of worker processes',
    details:
      'A worker keeps one processor busy: start with as many as there are processors. TTIN and TTOU change it later.',
  },
  workerConnections: {
    group: 'Workers',
    flag: '--worker-connections',
    kind: wholeNumber(1, 1_000_000),
    default: 10_000,
    summary: 'Most connections that a worker has at the same time',
    details:
      'With all of them taken the worker accepts no more: new clients wait in the queue of the socket (`--backlog`), or get another worker. Answers then ' +
      'end their connections, so that whoever waits gets a turn. Idle connections count. It is never more than the limit on file descriptors leaves: ' +
      '128 of them are for the application’s files and connections of its own. gunicorn’s 1,000 is for workers that keep a thread or greenlet for each.',
  },
  maxRequests: {
    group: 'Workers',
    flag: '--max-requests',
    kind: wholeNumber(0, 1_000_000_000),
    default: 0,
    defaultText: 'no limit',
    summary: 'Requests after which a worker is replaced; it goes on until its successor is ready',
    details:
      'A remedy for an application that leaks memory. One worker is replaced at a time, and the old one finishes what it has begun: a worker may serve a few more.',
  },
  maxRequestsJitter: {
    group: 'Workers',
    flag: '--max-requests-jitter',
    kind: wholeNumber(0, 1_000_000_000),
    default: 0,
    summary: 'Up to so many requests more, at random for each worker, so that not all are replaced at the same time',
  },
  bootTimeout: {
    group: 'Workers',
    flag: '--boot-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds a worker may take to load the application and to finish its startup',
    details: 'A worker that takes longer is killed, and started again after a growing pause.',
  },
  gracefulTimeout: {
    group: 'Workers',
    flag: '--graceful-timeout',
    kind: seconds(0, DAY),
    default: 30,
    summary: 'Seconds that running requests may take to finish when a worker stops',
    details:
      'What still runs then is cut off. The application’s `shutdown` gets two seconds more, then the worker is killed.',
  },
  keepAlive: {
    group: 'Requests',
    flag: '--keep-alive',
    kind: seconds(0.1, DAY),
    default: 65,
    summary: 'Seconds that a connection may stay idle between requests',
    details:
      'Above the 60 seconds after which common load balancers close idle connections: whoever closes first must be the ' +
      'balancer, or it sends a request into a connection that is just going away and reports a 502.',
  },
  limitRequestLine: {
    group: 'Requests',
    flag: '--limit-request-line',
    kind: wholeNumber(64, 65_536),
    default: 4094,
    summary: 'Longest request line in bytes; longer ones are answered with 414',
  },
  limitRequestFields: {
    group: 'Requests',
    flag: '--limit-request-fields',
    kind: wholeNumber(1, 32_768),
    default: 100,
    summary: 'Most header fields in a request; more are answered with 431',
  },
  limitRequestFieldSize: {
    group: 'Requests',
    flag: '--limit-request-field-size',
    aliases: ['--limit-request-field_size'],
    kind: wholeNumber(64, 65_536),
    default: 8190,
    summary: 'Longest header field in bytes, name and value; longer ones are answered with 431',
  },
  limitRequestHead: {
    group: 'Requests',
    flag: '--limit-request-head',
    kind: bytes(256, 1024 ** 2),
    default: 65_536,
    defaultText: '64K',
    summary: 'Longest head of a request in bytes, request line and all fields; longer ones are answered with 431',
    details: 'What a connection can make Kirin keep in memory before a request is whole.',
  },
  limitRequestBody: {
    group: 'Requests',
    flag: '--limit-request-body',
    kind: bytes(0, TEBIBYTE),
    default: 0,
    defaultText: 'no limit',
    summary: 'Longest body of a request in bytes, 10M for instance; longer ones are answered with 413; 0 for no limit',
    details:
      'A body whose length is announced is refused before the application is called; one in chunks when it grows beyond: reading it then fails ' +
      'with `KIRIN_BODY_TOO_LARGE`. Bodies are streamed, so that a long one costs no memory until the application collects it.',
  },
  firstDataTimeout: {
    group: 'Requests',
    flag: '--first-data-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a new connection may take to send its first byte',
  },
  clientHeaderTimeout: {
    group: 'Requests',
    flag: '--client-header-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds from the first byte of a head to its last; longer ones are answered with 408',
  },
  clientBodyTimeout: {
    group: 'Requests',
    flag: '--client-body-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a body may pause; longer pauses are answered with 408',
    details:
      'Where the response has begun, reading the body fails with `KIRIN_BODY_TIMEOUT` and the connection ends with the response. The time during ' +
      'which the application leaves unread what has come does not count, up to ten minutes.',
  },
  sendTimeout: {
    group: 'Requests',
    flag: '--send-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds that a client may take none of its response before the connection is dropped',
    details:
      'Also how long a client that closed its side may wait for the next byte of its response: it may be gone, and only sending would tell.',
  },
  httpProtocols: {
    group: 'Requests',
    flag: '--http-protocols',
    kind: choice<'h1' | 'h1,h2'>({ h1: 'h1', 'h1,h2': 'h1,h2', 'h2,h1': 'h1,h2' }, '<list>'),
    default: 'h1,h2',
    summary: 'Versions of HTTP that are spoken: h1, or h1,h2',
    details:
      'Over TLS a client that knows HTTP/2 gets it (ALPN); without TLS one that begins with it does (prior knowledge, as with ' +
      '`curl --http2-prior-knowledge`). HTTP/1 is spoken in any case.',
  },
  http2MaxConcurrentStreams: {
    group: 'Requests',
    flag: '--http2-max-concurrent-streams',
    kind: wholeNumber(1, 1_000_000),
    default: DEFAULT_HTTP2_SETTINGS.maxConcurrentStreams,
    summary: 'Requests that a client may have under way on one connection of HTTP/2',
  },
  http2InitialWindowSize: {
    group: 'Requests',
    flag: '--http2-initial-window-size',
    kind: wholeNumber(1, 2 ** 31 - 1),
    default: DEFAULT_HTTP2_SETTINGS.initialWindowSize,
    summary: 'Bytes of a request body that a client of HTTP/2 may send before any of it was read',
    details:
      'More makes uploads over long distances faster, and costs as much memory for each request whose body the application does not read.',
  },
  http2MaxFrameSize: {
    group: 'Requests',
    flag: '--http2-max-frame-size',
    kind: wholeNumber(16_384, 16_777_215),
    default: DEFAULT_HTTP2_SETTINGS.maxFrameSize,
    summary: 'Bytes that a client of HTTP/2 may put into one frame',
  },
  lint: {
    group: 'Requests',
    flag: '--lint',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Check each request and response against the specification, for development and tests',
    details:
      'A response that breaks a rule is answered with 500, or cut off, and the log names the rule; see [linting.md](linting.md). ' +
      'It takes a good part of the time of a small request.',
  },
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
      '`x-forwarded-for` gives the client’s address, `x-forwarded-host` the host that it asked for, `forwarded` (RFC 7239) both and the scheme. The address is ' +
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
  proxyProtocol: {
    group: 'Proxies',
    flag: '--proxy-protocol',
    kind: proxyProtocol,
    default: 'off',
    summary: 'Require a PROXY header at the beginning of every connection: v1, v2, or auto for either',
    details:
      'It gives `request.remote`; the rest of a header is skipped. A connection without one, and one from a peer that is not in ' +
      '`--proxy-allow-ips`, is closed unanswered, and the log says why. Without a value the option means `auto`; the application must then not ' +
      'stand directly behind it.',
  },
  proxyAllowIps: {
    group: 'Proxies',
    flag: '--proxy-allow-ips',
    kind: trustEntry,
    repeatable: true,
    commas: true,
    default: ['127.0.0.1', '::1'],
    summary: 'Peers that may send PROXY headers: addresses, networks in CIDR notation, or *',
    details: 'Peers on a UNIX socket may as well.',
  },
  accessLogfile: {
    group: 'Logging',
    flag: '--access-logfile',
    kind: logfile,
    default: null,
    defaultText: 'no access log',
    summary: 'File for a line about each request; - for standard output',
  },
  accessLogformat: {
    group: 'Logging',
    flag: '--access-logformat',
    kind: accessLogFormat,
    default: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
    summary: 'Format of that line, from the atoms listed in docs/settings.md; unused with --log-format json',
    details:
      'Atoms: `h` address of the client, as `request.remote` has it, `l` always `-`, `u` user name of basic authentication, `t` time of the request, `r` request ' +
      'line, `s` status, `m` method, `U` path, `q` query, `H` protocol, `b` bytes of body or `-`, `B` bytes of body, `f` ' +
      'referrer, `a` user agent, `T` seconds, `M` milliseconds, `D` microseconds, `L` decimal seconds, `p` process id, ' +
      '`{name}i` a field of the request, `{name}o` a field of the response. `%%` is a percent sign. In each value, quotes and ' +
      'backslashes get a backslash, control bytes and all that is not ASCII become `\\xHH`: a client cannot forge a line.',
  },
  errorLogfile: {
    group: 'Logging',
    flag: '--error-logfile',
    aliases: ['--log-file'],
    kind: logfile,
    default: '-',
    defaultText: 'standard error',
    summary: 'File for the log of the server itself; - for standard error',
  },
  logLevel: {
    group: 'Logging',
    flag: '--log-level',
    kind: choice<LogLevel>(
      { debug: 'debug', info: 'info', warn: 'warn', warning: 'warn', error: 'error', critical: 'fatal' },
      '<level>',
    ),
    default: 'info',
    summary: 'How much the server’s log tells: debug, info, warning, error or critical',
  },
  logFormat: {
    group: 'Logging',
    flag: '--log-format',
    kind: choice({ text: 'text', json: 'json' }, '<text|json>'),
    default: 'text',
    summary: 'Lines for people, or one JSON object a line, in both logs',
  },
  chdir: {
    group: 'Process',
    flag: '--chdir',
    kind: path,
    default: null,
    defaultText: 'the current directory',
    summary: 'Directory to change to first; other paths are relative to it',
    details: 'It is entered anew at each HUP: the path may lead to another directory by then.',
  },
  umask: {
    group: 'Process',
    flag: '--umask',
    short: '-m',
    kind: fileMask,
    default: null,
    defaultText: 'as inherited',
    summary: 'Permissions, in octal, that UNIX sockets and files made by Kirin and the application do not get',
    details:
      'Whoever may write to a socket’s file may connect to it: with `007` that is its owner and its group. gunicorn’s default of 0, everybody, is not taken over.',
  },
  pid: {
    group: 'Process',
    flag: '--pid',
    short: '-p',
    kind: path,
    default: null,
    defaultText: 'none',
    summary: 'File that holds the master’s process id while it runs',
  },
  name: {
    group: 'Process',
    flag: '--name',
    short: '-n',
    kind: text('a name without control characters', '<name>'),
    default: null,
    defaultText: 'the application’s file',
    summary: 'Name shown in the titles of the processes, as in ps',
  },
}
