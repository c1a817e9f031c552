import type { Application } from '../../application.ts'
import type { RequestInit } from '../../testing/create-request.ts'
import type { ConformanceCase } from '../case.ts'
import type { Report, Verdict } from '../report.ts'
import { runCases } from '../runner.ts'
import { ApplicationBench, ApplicationLife, DEFAULT_REQUESTS } from './bench.ts'
import { app01 } from './cases/app-01.ts'
import { app02 } from './cases/app-02.ts'
import { app03 } from './cases/app-03.ts'
import { app04 } from './cases/app-04.ts'
import { app05 } from './cases/app-05.ts'
import { app06 } from './cases/app-06.ts'
import { app07 } from './cases/app-07.ts'

/** Every case of the application suite. */
export const APPLICATION_CASES: readonly ConformanceCase<ApplicationBench>[] = [
  ...app01,
  ...app02,
  ...app03,
  ...app04,
  ...app05,
  ...app06,
  ...app07,
]

/** How the application suite is run; all of it is optional. */
export interface ApplicationSuiteOptions {
  /** What the application is asked; bodies as strings or bytes, since each is sent several times. {@link DEFAULT_REQUESTS}. */
  readonly requests?: readonly RequestInit[] | undefined
  /** What the report calls the application: a path. Its function's name where absent. */
  readonly subject?: string | undefined
  /** Cases that may fail, by id, and why. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined
  /** Milliseconds that each case may take; 10,000 where absent. */
  readonly timeout?: number | undefined
  /** Called as each case ends. */
  readonly onVerdict?: ((verdict: Verdict) => void) | undefined
}

/**
 * Asks an application each request in each way that a server may, and judges what it returns (APP-01 to APP-07). `startup`
 * is called before the first request and `shutdown` after the last.
 *
 * Rejects with a TypeError for what is no function, and with what `shutdown` fails with; never because a case fails.
 */
export async function runApplicationSuite(
  application: Application,
  options: ApplicationSuiteOptions = {},
): Promise<Report> {
  if (typeof application !== 'function') throw new TypeError('the application is not a function')
  const { requests = DEFAULT_REQUESTS, subject = application.name, exceptions, timeout, onVerdict = () => {} } = options
  const life = new ApplicationLife(application, requests)
  try {
    return await runCases(APPLICATION_CASES, {
      suite: 'application',
      subject,
      exceptions,
      timeout,
      onVerdict,
      async open() {
        await life.start()
        const bench = new ApplicationBench(life)
        return { subject: bench, close: () => bench.close() }
      },
    })
  } finally {
    await life.stop()
  }
}
