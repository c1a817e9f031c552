// Generated from packages/server/src/config/settings/*.ts by "pnpm --filter @nsgi/server run docs". Do not edit.

/** The settings that a configuration file may hold. Times are in seconds. */
export interface FileSettings {
  /** The application, as on the command line (default: none). */
  readonly app?: string | null | undefined
  /** Load the application once in a process of its own, before anything is bound (default: off). */
  readonly preloadApp?: boolean | undefined
  /** Address to listen on: host:port, [ipv6]:port, unix:path or fd://number; may be repeated (default: 127.0.0.1:8000, or 0.0.0.0:$PORT if PORT is set). */
  readonly bind?: string | readonly string[] | undefined
  /** Connections that may wait to be accepted, for each socket (default: 2048). */
  readonly backlog?: number | undefined
  /** A listening socket for each worker instead of one for all (SO_REUSEPORT); needs Node 22.12 (default: off). */
  readonly reusePort?: boolean | undefined
  /** File with a certificate and the chain behind it (PEM): TCP sockets speak TLS then; may be repeated (default: plain HTTP). */
  readonly certfile?: string | readonly string[] | undefined
  /** File with the key of the certificate (PEM); as often as --certfile, in the same order (default: the key stands in the certificate’s file). */
  readonly keyfile?: string | readonly string[] | undefined
  /** File with the authorities that clients’ certificates must come from (PEM) (default: none). */
  readonly caCerts?: string | null | undefined
  /** Whether clients are asked for a certificate: 0 no, 1 they may have one, 2 they must (default: none). */
  readonly certReqs?: '0' | '1' | '2' | 'none' | 'optional' | 'required' | undefined
  /** Cipher suites for TLS 1.2, in the format of OpenSSL (default: those of Node). */
  readonly ciphers?: string | null | undefined
  /** Number of worker processes; auto for as many as there are processors for them (default: 1). */
  readonly workers?: number | string | undefined
  /** Fewest workers, where their number follows how busy they are (default: 0, one). */
  readonly workersMin?: number | undefined
  /** Most workers, where their number follows how busy they are (default: 0, --workers, or a fixed number without --workers-min). */
  readonly workersMax?: number | undefined
  /** async: a worker has as many requests under way as come; sync: one at a time (default: async). */
  readonly workerClass?: 'async' | 'sync' | undefined
  /** Most connections that a worker has at the same time (default: 10000). */
  readonly workerConnections?: number | undefined
  /** Requests after which a worker is replaced; it goes on until its successor is ready (default: 0, no limit). */
  readonly maxRequests?: number | undefined
  /** Up to so many requests more, at random for each worker, so that not all are replaced at the same time (default: 0). */
  readonly maxRequestsJitter?: number | undefined
  /** Resident size beyond which a worker is replaced, 512M for instance; it goes on until its successor is ready (default: 0, no limit). */
  readonly maxMemory?: number | string | undefined
  /** Seconds after which a worker is replaced; it goes on until its successor is ready (default: 0, no limit). */
  readonly maxLifetime?: number | undefined
  /** Seconds that the event loop of a worker may stand still before the worker is killed and replaced; 0 for no limit (default: 30). */
  readonly timeout?: number | undefined
  /** Seconds a worker may take to load the application and to finish its startup (default: 60). */
  readonly bootTimeout?: number | undefined
  /** Seconds that running requests may take to finish when a worker stops (default: 30). */
  readonly gracefulTimeout?: number | undefined
  /** Crashes of workers that served, within --emergency-restart-interval, upon which all workers are replaced (default: 0, never). */
  readonly emergencyRestartThreshold?: number | undefined
  /** Seconds within which crashes are counted for --emergency-restart-threshold (default: 60). */
  readonly emergencyRestartInterval?: number | undefined
  /** Seconds that workers serve on after TERM, before the graceful stop begins (default: 0). */
  readonly preStopDelay?: number | undefined
  /** Seconds that the first new worker of a reload must have served before old workers go for it (default: 1). */
  readonly healthWindow?: number | undefined
  /** Reload when a source file of the application changes, for development (default: off). */
  readonly reload?: boolean | undefined
  /** Further file that --reload watches, templates or translations for instance; may be repeated (default: none). */
  readonly reloadExtraFiles?: string | readonly string[] | undefined
  /** After USR2, retire as soon as the workers of the new master are ready (default: off). */
  readonly upgradeAuto?: boolean | undefined
  /** Longest request line in bytes; longer ones are answered with 414 (default: 4094). */
  readonly limitRequestLine?: number | undefined
  /** Most header fields in a request; more are answered with 431 (default: 100). */
  readonly limitRequestFields?: number | undefined
  /** Longest header field in bytes, name and value; longer ones are answered with 431 (default: 8190). */
  readonly limitRequestFieldSize?: number | undefined
  /** Longest head of a request in bytes, request line and all fields; longer ones are answered with 431 (default: 65536, 64K). */
  readonly limitRequestHead?: number | string | undefined
  /** Longest body of a request in bytes, 10M for instance; longer ones are answered with 413; 0 for no limit (default: 0, no limit). */
  readonly limitRequestBody?: number | string | undefined
  /** Seconds that a connection may stay idle between requests (default: 65). */
  readonly keepAlive?: number | undefined
  /** Seconds that a new connection may take to send its first byte (default: 60). */
  readonly firstDataTimeout?: number | undefined
  /** Seconds from the first byte of a head to its last; longer ones are answered with 408 (default: 60). */
  readonly clientHeaderTimeout?: number | undefined
  /** Seconds that a body may pause; longer pauses are answered with 408 (default: 60). */
  readonly clientBodyTimeout?: number | undefined
  /** Seconds that a client may take none of its response before the connection is dropped (default: 60). */
  readonly sendTimeout?: number | undefined
  /** Seconds from the head of a request to the end of its response; longer ones are answered with 503, or cut off (default: 0, no limit). */
  readonly requestTimeout?: number | undefined
  /** Versions of HTTP that are spoken: h1, or h1,h2 (default: h1,h2). */
  readonly httpProtocols?: 'h1' | 'h1,h2' | 'h2,h1' | undefined
  /** Requests that a client may have under way on one connection of HTTP/2 (default: 100). */
  readonly http2MaxConcurrentStreams?: number | undefined
  /** Bytes of a request body that a client of HTTP/2 may send before any of it was read (default: 65535). */
  readonly http2InitialWindowSize?: number | undefined
  /** Bytes that a client of HTTP/2 may put into one frame (default: 16384). */
  readonly http2MaxFrameSize?: number | undefined
  /** Let browsers open WebSockets over HTTP/2, as streams of a connection that they have (RFC 8441) (default: off). */
  readonly http2ExtendedConnect?: boolean | undefined
  /** Check each request and response against the specification, for development and tests (default: off). */
  readonly lint?: boolean | undefined
  /** Peers whose forwarded fields are believed: addresses, networks in CIDR notation, or * (default: 127.0.0.1,::1). */
  readonly forwardedAllowIps?: string | readonly string[] | undefined
  /** Fields, besides those of the scheme, that a believed peer speaks through (default: x-forwarded-for). */
  readonly forwarderHeaders?:
    | 'x-forwarded-for'
    | 'x-forwarded-host'
    | 'forwarded'
    | 'x-forwarded-prefix'
    | 'script_name'
    | readonly ('x-forwarded-for' | 'x-forwarded-host' | 'forwarded' | 'x-forwarded-prefix' | 'script_name')[]
    | undefined
  /** Fields of a believed peer that tell the scheme, each with the value that means https (default: X-Forwarded-Protocol=ssl,X-Forwarded-Proto=https,X-Forwarded-Proto=wss,X-Forwarded-Ssl=on). */
  readonly secureSchemeHeaders?: string | readonly string[] | undefined
  /** Prefix of the path under which the application stands: /api becomes request.mount (default: none). */
  readonly rootPath?: string | undefined
  /** Require a PROXY header at the beginning of every connection: v1, v2, or auto for either (default: off). */
  readonly proxyProtocol?: 'off' | 'v1' | 'v2' | 'auto' | undefined
  /** Peers that may send PROXY headers: addresses, networks in CIDR notation, or * (default: 127.0.0.1,::1). */
  readonly proxyAllowIps?: string | readonly string[] | undefined
  /** File for a line about each request; - for standard output (default: no access log). */
  readonly accessLogfile?: string | null | undefined
  /** Format of that line, from the atoms listed in docs/settings.md; unused with --log-format json (default: %(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"). */
  readonly accessLogformat?: string | undefined
  /** File for the log of the server itself; - for standard error (default: -, standard error). */
  readonly errorLogfile?: string | undefined
  /** Write what the application prints to the log of the server (default: off). */
  readonly captureOutput?: boolean | undefined
  /** How much the server’s log tells: debug, info, warning, error or critical (default: info). */
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'warning' | 'error' | 'critical' | undefined
  /** Lines for people, or one JSON object a line, in both logs (default: text). */
  readonly logFormat?: 'text' | 'json' | undefined
  /** JSON file with several destinations for either log (default: none). */
  readonly logConfig?: string | null | undefined
  /** Module that makes a logger, which gets everything in the place of both logs (default: Kirin’s own logs). */
  readonly loggerClass?: string | null | undefined
  /** Send both logs to syslog, too (RFC 5424); each request then makes a message (default: off). */
  readonly syslog?: boolean | undefined
  /** Where syslog is: udp://host:port, tcp://host:port or unix:///dev/log; turns it on (default: udp://127.0.0.1:514). */
  readonly syslogAddr?: string | null | undefined
  /** Makes the program’s name in syslog kirin.<word> instead of kirin (default: none). */
  readonly syslogPrefix?: string | null | undefined
  /** Facility of the messages for syslog: user, daemon, local0 … (default: user). */
  readonly syslogFacility?:
    | 'kern'
    | 'user'
    | 'mail'
    | 'daemon'
    | 'auth'
    | 'syslog'
    | 'lpr'
    | 'news'
    | 'uucp'
    | 'cron'
    | 'authpriv'
    | 'ftp'
    | 'local0'
    | 'local1'
    | 'local2'
    | 'local3'
    | 'local4'
    | 'local5'
    | 'local6'
    | 'local7'
    | undefined
  /** Address of /metrics (Prometheus), /livez, /readyz and /status, apart from the application’s; may be repeated (default: none). */
  readonly metricsBind?: string | readonly string[] | undefined
  /** UNIX socket for kirin ctl: status, reload, stop and more; for the user of the master alone (default: none). */
  readonly controlSocket?: string | null | undefined
  /** host:port of a statsd server, which gets counters by UDP (default: none). */
  readonly statsdHost?: string | null | undefined
  /** What stands before the names for statsd, with a dot behind it (default: none). */
  readonly statsdPrefix?: string | null | undefined
  /** Tags for everything that statsd gets, in the form of DogStatsD: env:prod,region:eu (default: none). */
  readonly dogstatsdTags?: string | readonly string[] | undefined
  /** Directory to change to first; other paths are relative to it (default: the current directory). */
  readonly chdir?: string | null | undefined
  /** Permissions, in octal, that UNIX sockets and files made by Kirin and the application do not get (default: as inherited). */
  readonly umask?: string | number | null | undefined
  /** User that workers become before they load the application; for a master that runs as root (default: whoever starts Kirin). */
  readonly user?: string | null | undefined
  /** Group that workers change to; for a master that runs as root (default: that of the user). */
  readonly group?: string | null | undefined
  /** Whether workers are in the other groups of --user, too (default: off). */
  readonly initgroups?: boolean | undefined
  /** Variable for the environment of the application: NAME=value; may be repeated (default: as inherited). */
  readonly rawEnv?: string | readonly string[] | undefined
  /** Go to the background: the command returns when the first worker is ready (default: off). */
  readonly daemon?: boolean | undefined
  /** Whether, as process 1 of a container, Kirin has a shell take that place, which waits for strays (default: auto, auto). */
  readonly init?: 'auto' | 'off' | undefined
  /** File that holds the master’s process id while it runs (default: none). */
  readonly pid?: string | null | undefined
  /** Name shown in the titles of the processes, as in ps (default: the application’s file). */
  readonly name?: string | null | undefined
}
