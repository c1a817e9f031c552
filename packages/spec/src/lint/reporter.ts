// What becomes of a violation.
import { inspect } from 'node:util'
import type { Context } from '../context.ts'
import type { RequirementId } from '../requirements.ts'
import { type Violation, violationError, violationOf, violationText } from './violation.ts'

/**
 * What `lint` does with what it finds:
 *
 * - `throw`: the application's violations are thrown where they happen, so the server answers 500, or cuts the
 *   response off, and its log names the requirement. Those of the server are logged: thrown, they would blame the application. What is
 *   only a SHOULD is logged, too.
 * - `log`: all of them are logged, by `context.log`, and the exchange goes on.
 * - a function: it is told, and nothing else happens. What it throws about the application is thrown where that happened;
 *   about the server it becomes a process warning, as some of that is found when nobody is left to catch it.
 */
export type OnViolation = 'throw' | 'log' | ((violation: Violation) => void)

/** Says that `requirement` was broken, and what was seen. */
export type Found = (requirement: RequirementId, detail: string) => void

/** Reports what is found in one call of the application or one of its hooks. */
export class Reporter {
  readonly #onViolation: OnViolation
  readonly #log: unknown
  readonly #during: string

  /** @param log the context's, which is not trusted to be one */
  constructor(onViolation: OnViolation, log: unknown, during: string) {
    this.#onViolation = onViolation
    this.#log = log
    this.#during = during
  }

  /** The server broke a requirement. */
  readonly server: Found = (requirement, detail) => {
    const violation = violationOf({ requirement, role: 'server', detail, during: this.#during })
    try {
      this.#tell(violation)
    } catch (thrown) {
      process.emitWarning(violationText(violation), { detail: `onViolation threw ${inspect(thrown)}` })
    }
  }

  /** The application broke a requirement. Throws where violations are to be thrown; `cause` is what led to it. */
  application(requirement: RequirementId, detail: string, cause?: unknown): void {
    const violation = violationOf({ requirement, role: 'application', detail, during: this.#during })
    if (this.#onViolation === 'throw' && violation.level === 'MUST') throw violationError(violation, cause)
    this.#tell(violation)
  }

  #tell(violation: Violation): void {
    if (typeof this.#onViolation === 'function') this.#onViolation(violation)
    else this.#write(violation)
  }

  #write(violation: Violation): void {
    const message = violationText(violation)
    const level = violation.level === 'MUST' ? 'error' : 'warn'
    const { requirement, role, detail, during } = violation
    try {
      ;(this.#log as Context['log'])[level]({ requirement, role, detail, during }, message)
    } catch (thrown) {
      // A context without a log is a violation itself, and must be told of all the same.
      process.emitWarning(message, { detail: `not logged: ${inspect(thrown)}` })
    }
  }
}
