// Takes the PROXY header off accepted sockets: what comes behind it, TLS or HTTP, sees nothing of it.
import type { Socket } from 'node:net'
import type { Logger } from '@nsgi/spec'
import type { EndpointPair } from '../exchange/exchange.ts'
import { peerName } from '../exchange/peer-name.ts'
import { HeaderReader } from '../proxy/protocol/header-reader.ts'
import type { ProxyProtocol } from '../proxy/protocol/proxy-header.ts'
import { TrustedPeers } from '../proxy/trusted-peers.ts'

/** Which PROXY headers are required, and from whom. */
export interface ProxyProtocolRules {
  readonly protocol: ProxyProtocol
  /** Addresses, networks, `*`: `isTrustEntry`. Anybody else's connections are closed. */
  readonly allowIps: readonly string[]
}

/** Milliseconds for a header. It is the first thing in the first segment: even one that is lost and sent again is there by then. */
export const HEADER_TIMEOUT: number = 10_000

/** What becomes of a socket; one of the two is called. */
export interface Outcome {
  /** The header is off, what came behind it is put back, and the socket is paused; `endpoints` are as the header says. */
  stripped(endpoints: EndpointPair): void
  /** The socket is closed. */
  closed(): void
}

export class ProxyAcceptor {
  private readonly protocol: ProxyProtocol
  private readonly trusted: TrustedPeers
  private readonly log: Logger
  private readonly pending = new Set<PendingHeader>()

  constructor({ protocol, allowIps }: ProxyProtocolRules, log: Logger) {
    this.protocol = protocol
    this.trusted = new TrustedPeers(allowIps)
    this.log = log
  }

  /** Connections whose header has not come whole. */
  get size(): number {
    return this.pending.size
  }

  /** Takes a paused socket of which nothing was read. */
  accept(raw: Socket, endpoints: EndpointPair, outcome: Outcome): void {
    const header = new PendingHeader(raw, endpoints, {
      reader: new HeaderReader(this.protocol),
      log: this.log,
      stripped: proxied => {
        this.pending.delete(header)
        outcome.stripped(proxied)
      },
      closed: () => {
        this.pending.delete(header)
        outcome.closed()
      },
    })
    this.pending.add(header)
    if (this.trusted.trusts(endpoints.remote)) header.start()
    else header.refuse('the peer is not in --proxy-allow-ips')
  }

  /** Ends those that take too long; `now` in milliseconds, of any clock that only goes forward. */
  look(now: number): void {
    for (const header of this.pending) header.look(now)
  }

  /** Ends the connections over which nothing has come. */
  closeSilent(): void {
    for (const header of this.pending) header.closeIfSilent()
  }

  /** Ends all whose header has not come whole. */
  destroy(): void {
    for (const header of this.pending) header.destroy()
  }
}

interface PendingOptions {
  readonly reader: HeaderReader
  readonly log: Logger
  readonly stripped: (endpoints: EndpointPair) => void
  readonly closed: () => void
}

/** One connection until its header is off. */
class PendingHeader {
  private readonly raw: Socket
  private readonly endpoints: EndpointPair
  private readonly options: PendingOptions
  /** When the sweep first saw it. */
  private since: number | undefined
  private readonly onData = (input: Buffer): void => this.read(input)
  private readonly onEnd = (): void => this.ended()
  // 'close' follows.
  private readonly onError = (): void => undefined

  constructor(raw: Socket, endpoints: EndpointPair, options: PendingOptions) {
    this.raw = raw
    this.endpoints = endpoints
    this.options = options
    raw.on('error', this.onError).on('close', options.closed)
  }

  start(): void {
    this.raw.on('data', this.onData).on('end', this.onEnd).resume()
  }

  /** Closes the connection unanswered: whoever is at the other end does not speak HTTP yet. One line tells why. */
  refuse(reason: string): void {
    if (this.raw.destroyed) return
    const peer = peerName(this.endpoints.remote)
    this.options.log.warn({ peer, reason }, `closed a connection from ${peer}: ${reason}`)
    this.raw.destroy()
  }

  look(now: number): void {
    this.since ??= now
    if (now - this.since >= HEADER_TIMEOUT) this.refuse('no whole PROXY header in time')
  }

  closeIfSilent(): void {
    if (!this.options.reader.hasBegun) this.raw.destroy()
  }

  destroy(): void {
    this.raw.destroy()
  }

  private read(input: Buffer): void {
    const { reader } = this.options
    const result = reader.read(input)
    if (result === 'failed') this.refuse(`invalid PROXY header: ${reader.failure}`)
    else if (result === 'done') this.strip(input.subarray(reader.consumed))
  }

  private strip(rest: Buffer): void {
    const { raw, endpoints, options } = this
    const { header, isSecure } = options.reader
    raw.off('data', this.onData).off('end', this.onEnd).off('error', this.onError).off('close', options.closed)
    raw.pause()
    if (rest.length > 0) raw.unshift(rest)
    options.stripped({ ...endpoints, isSecure, ...(header === 'own' ? {} : { remote: header.source }) })
  }

  /** Connecting and leaving is how many a load balancer looks whether somebody is there. */
  private ended(): void {
    if (this.options.reader.hasBegun) this.refuse('the PROXY header broke off')
    else this.raw.destroy()
  }
}
