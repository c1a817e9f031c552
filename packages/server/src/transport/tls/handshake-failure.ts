// Why a handshake failed, in words for the log.

/** Codes of node that mean no more than that the client went away. */
const LOSSES: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
])

/** What an error of a handshake tells. `isLoss`: the client left, which is everyday on a public port. */
export interface HandshakeFailure {
  readonly reason: string
  readonly isLoss: boolean
}

/** What OpenSSL adds to an error, as node gives it. */
interface OpenSslError extends NodeJS.ErrnoException {
  readonly reason?: string
}

/** Words for what `tlsClientError` came with. */
export function describeFailure(error: OpenSslError): HandshakeFailure {
  return { reason: error.reason ?? error.message, isLoss: LOSSES.has(error.code) }
}

/** Words for a client's certificate that was not accepted; `verdict` is node's `authorizationError`, a code in spite of its type. */
export function describeVerdict(verdict: unknown): HandshakeFailure {
  const code = typeof verdict === 'string' ? verdict : (verdict as Error | null | undefined)?.message
  return { reason: `the client's certificate was not accepted: ${code ?? 'no reason given'}`, isLoss: false }
}
