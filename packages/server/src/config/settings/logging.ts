import type { TableOf } from '../setting.ts'
import { accessLogFormat, choice, logfile, onOff, path, syslogFacility, syslogTarget, text } from '../value-kinds.ts'

/** How much the error log tells; the names are pino's. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The access log and the log of the server itself. */
export interface LogSettings {
  readonly accessLogfile: string | null
  readonly accessLogformat: string
  readonly errorLogfile: string
  readonly captureOutput: boolean
  readonly logLevel: LogLevel
  readonly logFormat: 'text' | 'json'
  /** A path; what a master and its workers are told is the text of the file. */
  readonly logConfig: string | null
  readonly loggerClass: string | null
  readonly syslog: boolean
  readonly syslogAddr: string | null
  readonly syslogPrefix: string | null
  readonly syslogFacility: string
}

/** Their part of the table. */
export const logSettings: TableOf<LogSettings> = {
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
      '`{name}i` a field of the request, `{name}o` a field of the response, `{NAME}e` a variable of the environment as it was at the start. `%%` is a percent sign. In each value, quotes and ' +
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
  captureOutput: {
    group: 'Logging',
    flag: '--capture-output',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Write what the application prints to the log of the server',
    details:
      'Line by line, with `--log-format json` as objects. What does not go through `process.stdout` and `process.stderr` (native code, a crash of Node) is ' +
      'written to the file as it is; after its rotation that is the old file, until the worker is replaced.',
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
  logConfig: {
    group: 'Logging',
    flag: '--log-config',
    aliases: ['--log-config-json'],
    kind: path,
    default: null,
    defaultText: 'none',
    summary: 'JSON file with several destinations for either log',
    details:
      '`{ "error": [{ "file": "-", "level": "warning", "format": "text" }, { "file": "/var/log/app.json", "format": "json" }], "access": [{ "file": "/var/log/access.log", "line": "%(h)s %(s)s" }] }`. ' +
      'A list takes the place of what the other settings say of that log; what a destination does not say it has from them. An empty `access` is no access log.',
  },
  loggerClass: {
    group: 'Logging',
    flag: '--logger-class',
    kind: text('a module: a path, or the name of a package', '<module>'),
    default: null,
    defaultText: 'Kirin’s own logs',
    summary: 'Module that makes a logger, which gets everything in the place of both logs',
    details:
      'Its default export is a function `({ worker, level }) => logger`, called in the master (`worker` is `null`) and in each worker; it may return a promise. The logger has `error`, `warn`, `info` and `debug`, ' +
      'each called with an object of fields and a message, as pino and `context.log` are, and may have `fatal`, `access(record)` for each request (without it the access log stays as it is), `reopen()` for USR1, and `flush()` before ' +
      'a worker exits. The type is `CustomLoggerFactory` of `@nsgi/server`. It does not get what `--capture-output` captures. What such a logger throws is on standard error, with the line that it was for.',
  },
  syslog: {
    group: 'Logging',
    flag: '--log-syslog',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Send both logs to syslog, too (RFC 5424); each request then makes a message',
  },
  syslogAddr: {
    group: 'Logging',
    flag: '--log-syslog-to',
    kind: syslogTarget,
    default: null,
    defaultText: 'udp://127.0.0.1:514',
    summary: 'Where syslog is: udp://host:port, tcp://host:port or unix:///dev/log; turns it on',
    details:
      'Over TCP and streams each message has its length before it (RFC 6587). Node cannot send datagrams to a path: for a socket like `/dev/log` the command `logger` does it, and puts a header of its own ' +
      'around the message. What cannot be sent is lost, and nothing waits for it.',
  },
  syslogPrefix: {
    group: 'Logging',
    flag: '--log-syslog-prefix',
    kind: text('a word', '<word>'),
    default: null,
    defaultText: 'none',
    summary: 'Makes the program’s name in syslog kirin.<word> instead of kirin',
  },
  syslogFacility: {
    group: 'Logging',
    flag: '--log-syslog-facility',
    kind: syslogFacility,
    default: 'user',
    summary: 'Facility of the messages for syslog: user, daemon, local0 …',
  },
}
