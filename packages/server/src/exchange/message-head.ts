// The head of a request as an exchange needs it, whatever version of HTTP it came by.
import type { RequestHeaders } from '@nsgi/spec'

/** Members are those of NSGI's request (REQ-02 to REQ-06, REQ-15 to REQ-23, UPG-01). */
export interface MessageHead {
  readonly method: string
  readonly target: string
  readonly path: string
  readonly query: string
  readonly authority: string
  readonly httpVersion: '1.0' | '1.1' | '2'
  readonly rawHeaders: readonly string[]
  readonly headers: RequestHeaders
  readonly upgrade: string | undefined
  /** Whether the client asks to leave HTTP, and may. */
  readonly isSwitching: boolean
  /** Whether the method is that one. */
  isMethod(method: 'HEAD' | 'CONNECT' | 'OPTIONS'): boolean
}
