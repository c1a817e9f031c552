import type { RequestInit } from '../../testing/create-request.ts'
import type { ConformanceCase } from '../case.ts'
import type { Report, Verdict } from '../report.ts'
import { runCases } from '../runner.ts'
import { DEFAULT_REQUEST, MiddlewareBench, type MiddlewareUnderTest } from './bench.ts'
import { mid01 } from './cases/mid-01.ts'
import { mid02 } from './cases/mid-02.ts'
import { mid03 } from './cases/mid-03.ts'
import { mid04 } from './cases/mid-04.ts'
import { mid05 } from './cases/mid-05.ts'
import { mid06 } from './cases/mid-06.ts'
import { mid07 } from './cases/mid-07.ts'

/** Every case of the middleware suite. */
export const MIDDLEWARE_CASES: readonly ConformanceCase<MiddlewareBench>[] = [
  ...mid01,
  ...mid02,
  ...mid03,
  ...mid04,
  ...mid05,
  ...mid06,
  ...mid07,
]

/** How the middleware suite is run; all of it is optional. */
export interface MiddlewareSuiteOptions {
  /** A request that the middleware lets through to the application inside: with a session, a token. {@link DEFAULT_REQUEST}. */
  readonly request?: RequestInit | undefined
  /** What the report calls the middleware. Its function's name where absent. */
  readonly subject?: string | undefined
  /** Cases that may fail, by id, and why. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined
  /** Called as each case ends. */
  readonly onVerdict?: ((verdict: Verdict) => void) | undefined
}

/**
 * Puts a middleware around applications of the suite's own and looks at it from both sides (MID-01 to MID-07).
 *
 *     const report = await runMiddlewareSuite(application => compress(application, { level: 6 }))
 *
 * Rejects with a TypeError for what is no function; never because a case fails.
 */
export async function runMiddlewareSuite(
  middleware: MiddlewareUnderTest,
  options: MiddlewareSuiteOptions = {},
): Promise<Report> {
  if (typeof middleware !== 'function') throw new TypeError('the middleware is not a function')
  const { request = DEFAULT_REQUEST, subject = middleware.name, exceptions, onVerdict = () => {} } = options
  return runCases(MIDDLEWARE_CASES, {
    suite: 'middleware',
    subject,
    exceptions,
    onVerdict,
    open() {
      const bench = new MiddlewareBench(middleware, request)
      return { subject: bench, close: () => bench.close() }
    },
  })
}
