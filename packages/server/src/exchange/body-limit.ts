// Limits on a body that may be passed while it is under way.
import { KirinError } from './errors.ts'
import { type Rejection, rejection } from './rejections.ts'

const ERRORS = {
  BODY_TOO_LARGE: 'KIRIN_BODY_TOO_LARGE',
  BODY_TIMEOUT: 'KIRIN_BODY_TIMEOUT',
  BODY_UNREAD: 'KIRIN_BODY_TIMEOUT',
} as const

/** The limits, by the code of the refusal. */
export type BodyLimit = keyof typeof ERRORS

/** What the client is told of a limit that was passed, and what the reader of the body gets. */
export function passedLimit(code: BodyLimit): { readonly fault: Rejection; readonly error: KirinError } {
  const fault = rejection(code)
  return { fault, error: new KirinError(ERRORS[code], { message: fault.reason }) }
}
