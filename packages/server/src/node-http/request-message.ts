// Node's own message for a head that was parsed.
import type { RequestHead } from '../http1/request-head.ts'
import type { HttpHost } from './http-connection.ts'
import { type InnerRequest, type InnerServer, type InnerSocket, refusesManyFields } from './node-members.ts'

/** How many fields a request may have, where `maxHeadersCount` says nothing: node's figure. */
const MAX_FIELDS = 1000

/** Whether node would refuse a request for its fields; before it did that, it dropped those beyond. */
export function hasTooManyFields(server: InnerServer, { rawHeaders }: RequestHead): boolean {
  return refusesManyFields && rawHeaders.length > 2 * maxFields(server)
}

/** A request of the class that the server was made with, as node's parser fills it in. */
export function messageOf(head: RequestHead, socket: InnerSocket, host: HttpHost): InnerRequest {
  const { IncomingMessage: Request, server } = host
  const req = new Request(socket) as unknown as InnerRequest
  const { statedVersion, rawHeaders } = head
  req.httpVersionMajor = Number(statedVersion[0])
  req.httpVersionMinor = Number(statedVersion[2])
  req.httpVersion = statedVersion
  req.joinDuplicateHeaders = server.joinDuplicateHeaders || null
  req.url = head.target
  req.upgrade = false
  req._addHeaderLines(rawHeaders, Math.min(2 * maxFields(server), rawHeaders.length))
  req.method = head.method
  return req
}

function maxFields({ maxHeadersCount }: InnerServer): number {
  if (typeof maxHeadersCount !== 'number') return MAX_FIELDS
  return maxHeadersCount > 0 ? maxHeadersCount : Number.POSITIVE_INFINITY
}

/** Whether a request has the fields that announce a body. */
export function hasBodyFields({ headers }: InnerRequest): boolean {
  return 'content-length' in headers || 'transfer-encoding' in headers
}

/** Ends a request that has no body without any event. */
export function closeEmpty(req: InnerRequest): void {
  req._dumpAndCloseReadable?.()
  req._read()
}
