import { describe, expect, it } from '@jest/globals'
import { applicationMutants, goodApplication } from '../../../mutants/applications.ts'
import { casesAgainst, unbroken } from '../../../mutants/matrix.ts'
import { APPLICATION_CASES, runApplicationSuite } from '../../../src/conformance/application/index.ts'

describe('the application suite', () => {
  it('passes an application that keeps its duties', async () => {
    const report = await runApplicationSuite(goodApplication)
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [`${id}: ${failure.message}`] : []))).toEqual([])
    expect([report.result, report.counts.pass]).toEqual(['conformant', APPLICATION_CASES.length])
  })

  it.each(Object.entries(applicationMutants))('catches one that %s', async (_name, { make, caughtBy }) => {
    expect(casesAgainst(await runApplicationSuite(make()))).toEqual(caughtBy)
  })

  it('has a mutant for each requirement, and for each case', () => {
    expect(unbroken(applicationMutants, 'application')).toEqual([])
    const catching = new Set(Object.values(applicationMutants).flatMap(({ caughtBy }) => caughtBy))
    expect(APPLICATION_CASES.map(({ id }) => id).filter(id => !catching.has(id))).toEqual([])
  })
})
