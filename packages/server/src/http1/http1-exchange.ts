// An exchange of HTTP/1: its heads are bytes on the wire.
import type { GatewayResponse, ResponseHeaders } from '@nsgi/spec'
import { Exchange } from '../exchange/exchange.ts'
import { type Framing, type PlannedResponse } from '../exchange/planned-response.ts'
import type { RequestHead } from './request-head.ts'
import { informationalHead, planResponse, trailerLines } from './response-head.ts'

export class Http1Exchange extends Exchange<RequestHead> {
  /** The last chunk, and the trailers behind it (RFC 9112 §7.1). */
  override pumpTail(response: GatewayResponse, framing: Framing): string {
    return framing === 'chunked' ? `0\r\n${trailerLines(response.trailers?.())}\r\n` : ''
  }

  protected override planFor(response: GatewayResponse): PlannedResponse {
    const { head } = this
    return planResponse(response, {
      http11: head.facts.http11,
      isHead: head.isMethod('HEAD'),
      isConnect: head.isMethod('CONNECT'),
      offered: head.upgrade,
      keepAlive: this.owner.mayContinue,
      dateLine: this.owner.host.dateLine(),
    })
  }

  protected override informational(status: number, headers: ResponseHeaders | undefined): () => void {
    const head = informationalHead(status, headers)
    return () => this.wire.write(head)
  }
}
