import { describe, expect, it } from '@jest/globals'
import { casesAgainst, unbroken } from '../../../mutants/matrix.ts'
import { goodMiddlewares, middlewareMutants } from '../../../mutants/middlewares.ts'
import { MIDDLEWARE_CASES, runMiddlewareSuite } from '../../../src/conformance/middleware/index.ts'

describe('the middleware suite', () => {
  it.each(Object.entries(goodMiddlewares))('passes one that %s', async (_name, middleware) => {
    const report = await runMiddlewareSuite(middleware)
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [`${id}: ${failure.message}`] : []))).toEqual([])
    expect([report.result, report.counts.pass]).toEqual(['conformant', MIDDLEWARE_CASES.length])
  })

  it.each(Object.entries(middlewareMutants))('catches one that %s', async (_name, { make, caughtBy }) => {
    expect(casesAgainst(await runMiddlewareSuite(make()))).toEqual(caughtBy)
  })

  it('has a mutant for each requirement, and for each case', () => {
    expect(unbroken(middlewareMutants, 'middleware')).toEqual([])
    const catching = new Set(Object.values(middlewareMutants).flatMap(({ caughtBy }) => caughtBy))
    expect(MIDDLEWARE_CASES.map(({ id }) => id).filter(id => !catching.has(id))).toEqual([])
  })
})
