// What a worker holds: the HTTP engine over one or more listening sockets.
import type { Application, Context, GatewayRequest, Logger } from '@nsgi/spec'
import type { RequestLimits } from '../exchange/limits.ts'
import type { Http2Settings } from '../http2/session-options.ts'
import type { TlsMaterial } from '../ipc/messages.ts'
import type { ForwardingRules } from '../proxy/forwarded/forwarded-fields.ts'
import type { ProxyProtocolRules } from './proxy-acceptor.ts'
import type { ConnectionTimeouts } from './timeouts.ts'

export type { ConnectionTimeouts, ForwardingRules, Http2Settings, ProxyProtocolRules, RequestLimits }

/** What is known of one request and its response when it is over; what an access log is written from. */
export interface ExchangeRecord {
  readonly request: GatewayRequest
  /** The status sent; 0 when the client was lost before a head was sent. */
  readonly status: number
  /** Header fields of the response as the application gave them, by lower-case name. */
  readonly responseHeaders: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Bytes of body sent, without framing. */
  readonly bytes: number
  /** When the head of the request was complete: milliseconds since the epoch. */
  readonly startedAt: number
  /** From there to the last byte handed to the transport: milliseconds, fractional. */
  readonly duration: number
  /** Why it failed, if it did. */
  readonly error: unknown
}

export interface GatewayServerOptions {
  readonly application: Application
  readonly context: Context
  /** Where rejected requests and failing applications are reported. */
  readonly log: Logger
  readonly limits?: Partial<RequestLimits> | undefined
  /** With it every connection must begin with a PROXY header. */
  readonly proxyProtocol?: ProxyProtocolRules | undefined
  /** Which proxies are believed what; by default none is. */
  readonly forwarding?: ForwardingRules | undefined
  /** The prefix under which the application stands: `/api`. Requests for other paths reach it with the mount `""`. */
  readonly mount?: string | undefined
  readonly timeouts?: Partial<ConnectionTimeouts> | undefined
  /**
   * Connections at the same time. With all of them taken, inherited sockets (`listen({ fd })`) accept no more until one ends;
   * from other sockets further connections are closed at once.
   */
  readonly maxConnections?: number | undefined
  /** With it TCP sockets speak TLS, and only that. UNIX sockets, which do not leave the machine, speak plain HTTP in any case. */
  readonly tls?: TlsMaterial | undefined
  /** With it HTTP/2 is spoken, too: where a client of TLS asks for it, and by prior knowledge. */
  readonly http2?: Http2Settings | undefined
  /** Milliseconds from an accepted connection to the end of its TLS handshake. */
  readonly handshakeTimeout?: number | undefined
  /** Called once for each request that reached the application, when it is over. What is refused before is in the log. */
  readonly onExchange?: ((record: ExchangeRecord) => void) | undefined
  /** The same in two numbers, for counting: the status and the duration of {@link ExchangeRecord}. */
  readonly measure?: ((status: number, duration: number) => void) | undefined
}

/** Where to listen: an inherited descriptor, an address of its own, or a UNIX socket. */
export type ListenAddress =
  | { readonly fd: number }
  | { readonly port: number; readonly host?: string }
  | { readonly path: string }

export interface GatewayServer {
  /**
   * Starts to accept; `backlog` is how many connections may wait for that (listen(2)), by default node's 511. Resolves with the port, which
   * the system chooses where 0 was asked for; with `undefined` on a UNIX socket.
   */
  listen(where: ListenAddress & { readonly backlog?: number | undefined }): Promise<number | undefined>
  /**
   * Graceful stop: accepts no more, closes idle connections, answers the rest with `connection: close`.
   * Resolves when the last connection is gone.
   */
  stop(): Promise<void>
  /**
   * Others serve on: a stop, also one that has begun, may take longer to wait for the next request of clients that are at work, so that
   * none crosses the end of its connection.
   */
  linger(): void
  /** Quick stop: every connection ends now; one with a response that would look whole by that is reset. */
  destroy(): void
  /**
   * Whether inherited sockets accept, which they do by default and at the end of it all, and whether answers end their connections
   * because somebody waits.
   */
  regulate(how: { readonly isAccepting: boolean; readonly isCrowded: boolean }): void
  /** Uses other certificates for handshakes from now on; of no effect on a server that was made without TLS. */
  renewTls(material: TlsMaterial): void
  /** Open connections, and requests whose response is not over. */
  readonly counts: { readonly connections: number; readonly active: number }
}
