// What 'clientError' is told of a request that this engine's parser refuses: node's codes.
import type { Rejection, RejectionCode } from '../exchange/rejections.ts'

/** The codes of llhttp and of node for what the parser refuses. What is refused for its meaning node answers without the event. */
const codes: Readonly<Partial<Record<RejectionCode, string>>> = {
  REQUEST_LINE_TOO_LONG: 'HPE_HEADER_OVERFLOW',
  FIELD_TOO_LARGE: 'HPE_HEADER_OVERFLOW',
  TOO_MANY_FIELDS: 'HPE_HEADER_OVERFLOW',
  HEAD_TOO_LARGE: 'HPE_HEADER_OVERFLOW',
  MALFORMED: 'HPE_INVALID_HEADER_TOKEN',
  INCOMPLETE: 'HPE_INVALID_EOF_STATE',
  HEAD_TIMEOUT: 'ERR_HTTP_REQUEST_TIMEOUT',
  TARGET_CHARACTER: 'HPE_INVALID_URL',
  TARGET_FORM: 'HPE_INVALID_URL',
  FRAMING_CONFLICT: 'HPE_INVALID_TRANSFER_ENCODING',
  CODING_INVALID: 'HPE_INVALID_TRANSFER_ENCODING',
  LENGTH_INVALID: 'HPE_INVALID_CONTENT_LENGTH',
  LENGTH_TOO_LARGE: 'HPE_INVALID_CONTENT_LENGTH',
  METHOD_UNKNOWN: 'HPE_INVALID_METHOD',
  VERSION: 'HPE_INVALID_VERSION',
}

/** The error for a refusal; `undefined` where node has no such event. */
export function clientErrorOf({ code, reason }: Rejection): (Error & { readonly code: string }) | undefined {
  const nodeCode = codes[code]
  if (nodeCode === undefined) return undefined
  const message = nodeCode === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'Request timeout' : `Parse Error: ${reason}`
  return Object.assign(new Error(message), { code: nodeCode, reason, bytesParsed: 0, rawPacket: Buffer.alloc(0) })
}
