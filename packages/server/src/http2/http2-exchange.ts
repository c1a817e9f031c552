// An exchange of HTTP/2: its heads and trailers are frames of their own.
import type { OutgoingHttpHeaders } from 'node:http2'
import type { GatewayResponse, ResponseHeaders } from '@nsgi/spec'
import { Exchange, type ExchangeOwner } from '../exchange/exchange.ts'
import type { PlannedResponse } from '../exchange/planned-response.ts'
import type { Http2RequestHead } from './request-head.ts'
import { type Http2Plan, informationalFields, planHttp2Response, trailerFields } from './response-plan.ts'

/** What such an exchange needs of its stream. */
export interface Http2Owner extends ExchangeOwner {
  /** Sends the head of the response. */
  respond(plan: Http2Plan): void
  /** Sends an informational head. */
  inform(fields: OutgoingHttpHeaders): void
  /** What to send when the body has gone out. */
  setTrailers(fields: OutgoingHttpHeaders): void
}

export class Http2Exchange extends Exchange<Http2RequestHead> {
  declare readonly owner: Http2Owner

  override pumpTail(response: GatewayResponse): string {
    const fields = trailerFields(response.trailers?.())
    this.owner.setTrailers(fields)
    return ''
  }

  protected override planFor(response: GatewayResponse): PlannedResponse {
    const { head } = this
    return planHttp2Response(response, {
      isHead: head.isMethod('HEAD'),
      isConnect: head.isMethod('CONNECT'),
      offered: head.upgrade,
      date: this.owner.host.dateLine().slice('date: '.length, -'\r\n'.length),
    })
  }

  protected override headDue(plan: PlannedResponse): void {
    this.owner.respond(plan as Http2Plan)
  }

  protected override informational(status: number, headers: ResponseHeaders | undefined): () => void {
    const fields = informationalFields(status, headers)
    return () => this.owner.inform(fields)
  }
}
