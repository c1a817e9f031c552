// What a PROXY header says (HAProxy's "The PROXY protocol, versions 1 & 2").
import type { Peer } from '../trusted-peers.ts'

/** Which versions are accepted: one of them, or both. */
export type ProxyProtocol = 'v1' | 'v2' | 'auto'

/** The connection that the proxy stands for. */
export interface ProxiedConnection {
  readonly source: Peer
  readonly destination: Peer
}

/** A header's message; `own` is the proxy's own connection (a health check, say), or one that it cannot describe. */
export type ProxyHeader = ProxiedConnection | 'own'
