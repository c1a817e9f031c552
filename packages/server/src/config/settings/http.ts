import { DEFAULT_HTTP2_SETTINGS } from '../../http2/session-options.ts'
import type { TableOf } from '../setting.ts'
import { choice, onOff, wholeNumber } from '../value-kinds.ts'

/** Which HTTP is spoken, and how strictly applications are watched. */
export interface HttpSettings {
  readonly httpProtocols: 'h1' | 'h1,h2'
  readonly http2MaxConcurrentStreams: number
  readonly http2InitialWindowSize: number
  readonly http2MaxFrameSize: number
  readonly http2ExtendedConnect: boolean
  readonly lint: boolean
}

/** Their part of the table. */
export const httpSettings: TableOf<HttpSettings> = {
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
  http2ExtendedConnect: {
    group: 'Requests',
    flag: '--http2-extended-connect',
    kind: onOff,
    default: DEFAULT_HTTP2_SETTINGS.extendedConnect,
    defaultText: 'off',
    summary: 'Let browsers open WebSockets over HTTP/2, as streams of a connection that they have (RFC 8441)',
    details:
      'Applications see CONNECT with `request.upgrade` and take it with a 2xx; what listens for upgrades as on `node:http` (Express, Koa, Fastify, `ws`) ' +
      'works as it is. Where it is off, browsers open a connection of HTTP/1.1 for each WebSocket.',
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
}
