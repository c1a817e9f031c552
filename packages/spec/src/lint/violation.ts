import { GatewayError } from '../errors.ts'
import type { Level } from '../requirement.ts'
import { type RequirementId, requirement } from '../requirements.ts'

/** A requirement that was seen broken. */
export interface Violation {
  /** The requirement's id, as `RES-27`. */
  readonly requirement: RequirementId
  /** Who broke it. A middleware around the lint counts as the server, one inside it as the application. */
  readonly role: 'server' | 'application'
  readonly level: Level
  /** What the specification says, in Markdown. */
  readonly text: string
  /** What was seen. */
  readonly detail: string
  /** When: `GET /orders`, `startup` or `shutdown`. */
  readonly during: string
}

/** Makes a violation of what was seen; level and text come from the specification. */
export function violationOf(seen: Pick<Violation, 'requirement' | 'role' | 'detail' | 'during'>): Violation {
  const { level, text } = requirement(seen.requirement)
  return { ...seen, level, text }
}

/** One line that says all of it: for logs and errors. */
export function violationText({ requirement, role, detail, during, text }: Violation): string {
  return `lint: the ${role} broke ${requirement} in ${during}: ${detail}. ${text}`
}

/** A violation as an error with the code `NSGI_VIOLATION`; `cause` is what led to it, where something was thrown. */
export function violationError(violation: Violation, cause?: unknown): GatewayError {
  return new GatewayError('NSGI_VIOLATION', violationText(violation), cause === undefined ? {} : { cause })
}
