import type { ConformanceCase } from '../case.ts'
import type { Report, Verdict } from '../report.ts'
import { runCases } from '../runner.ts'
import { AdapterBench } from './bench.ts'
import { adp01 } from './cases/adp-01.ts'
import { adp02 } from './cases/adp-02.ts'
import { adp03 } from './cases/adp-03.ts'
import { adp04 } from './cases/adp-04.ts'
import { adp05 } from './cases/adp-05.ts'
import { adp06 } from './cases/adp-06.ts'
import { adp07 } from './cases/adp-07.ts'
import { adp08 } from './cases/adp-08.ts'
import { adp09 } from './cases/adp-09.ts'
import { adp10 } from './cases/adp-10.ts'
import { Events } from './events.ts'
import type { AdapterFixture } from './fixture.ts'

/** Every case of the adapter suite. */
export const ADAPTER_CASES: readonly ConformanceCase<AdapterBench>[] = [
  ...adp01,
  ...adp02,
  ...adp03,
  ...adp04,
  ...adp05,
  ...adp06,
  ...adp07,
  ...adp08,
  ...adp09,
  ...adp10,
]

/** How the adapter suite is run; all of it is optional. */
export interface AdapterSuiteOptions {
  /** What the report calls the adapter. */
  readonly subject?: string | undefined
  /** Cases that may fail, by id, and why. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined
  /** Called as each case ends. */
  readonly onVerdict?: ((verdict: Verdict) => void) | undefined
}

/**
 * Calls the routes of a fixture through the adapter, with the suite as the server, and where there is one beside the
 * framework's own server (ADP-01 to ADP-10).
 *
 * Rejects with what the fixture fails to start or stop with; never because a case fails.
 */
export async function runAdapterSuite(fixture: AdapterFixture, options: AdapterSuiteOptions = {}): Promise<Report> {
  const { subject = 'an adapter', exceptions, onVerdict = () => {} } = options
  const events = new Events()
  const tell = (id: string, event: string): void => events.tell(id, event)
  const application = await fixture.gateway(tell)
  const native = await fixture.native?.(tell)
  try {
    return await runCases(ADAPTER_CASES, {
      suite: 'adapter',
      subject,
      exceptions,
      onVerdict,
      open() {
        const bench = new AdapterBench({ fixture, application, native, events })
        return { subject: bench, close: () => bench.close() }
      },
    })
  } finally {
    await native?.close()
  }
}
