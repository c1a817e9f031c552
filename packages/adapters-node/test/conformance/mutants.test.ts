import { describe, expect, it } from '@jest/globals'
import { casesAgainst, unbroken } from '../../../spec/mutants/matrix.ts'
import { ADAPTER_CASES, runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { nodeFixture } from './fixture.ts'
import { adapterMutants } from './mutants.ts'

describe('the adapter suite', () => {
  it.each(Object.entries(adapterMutants))(
    'catches one that %s',
    async (_name, { make, caughtBy }) => {
      expect(casesAgainst(await runAdapterSuite(nodeFixture(make())))).toEqual(caughtBy)
    },
    30_000,
  )

  it('has a mutant for each requirement and for each case', () => {
    expect(unbroken(adapterMutants, 'adapter')).toEqual([])
    const catching = new Set(Object.values(adapterMutants).flatMap(({ caughtBy }) => caughtBy))
    expect(ADAPTER_CASES.map(({ id }) => id).filter(id => !catching.has(id))).toEqual([])
  })
})
