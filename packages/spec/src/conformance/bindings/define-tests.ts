import { requirement } from '../../requirements.ts'
import type { Report, Verdict } from '../report.ts'
import { failureText } from '../reports/failure-text.ts'

/** What is needed of a test framework. `node:test`, `vitest` and `@jest/globals` export it by these names. */
export interface TestFramework {
  /** Makes a group of tests. */
  describe(name: string, define: () => void): unknown
  readonly it: {
    /** Makes a test, which fails by throwing. */
    (name: string, run: () => void): unknown
    /** Makes a test that is shown as skipped. */
    skip(name: string, run: () => void): unknown
  }
}

/**
 * Makes a test of each case of a claimed profile, in a group for each requirement. A failure throws an error whose message has
 * the requirement and what was seen. A SHOULD that is not met, and an exception, are skipped, as is a skip, with the reason in
 * the name: no framework shows a reason otherwise.
 *
 * @throws Error where there is no case at all: no test that fails would look like success
 */
export function defineTests({ describe, it }: TestFramework, { suite, subject, claimed, verdicts }: Report): void {
  const own = verdicts.filter(({ profile }) => claimed.includes(profile))
  if (own.length === 0) throw new Error(`no case of the ${suite} suite was chosen`)
  describe(`NSGI 1.0, ${suite}: ${subject}`, () => {
    for (const id of new Set(own.map(({ requirements: [first] }) => first))) {
      if (id === undefined) continue
      const { level, text } = requirement(id)
      describe(`${id} (${level}): ${text}`, () => {
        for (const verdict of own) if (verdict.requirements[0] === id) defineTest(it, verdict)
      })
    }
  })
}

function defineTest(it: TestFramework['it'], verdict: Verdict): void {
  const { id, title, outcome, reason, failure } = verdict
  if (outcome === 'pass') return void it(`${id} ${title}`, () => {})
  if (outcome !== 'fail') {
    return void it.skip(`${id} ${title} (${outcome}: ${reason ?? failure?.message ?? 'no reason given'})`, () => {})
  }
  it(`${id} ${title}`, () => {
    const error = new Error(failureText(verdict).join('\n'))
    // Where this is thrown says nothing about the failure.
    error.stack = `${error.name}: ${error.message}`
    throw error
  })
}
