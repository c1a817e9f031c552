import { describe, expect, it } from '@jest/globals'
import { ADAPTER_CASES, runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { expressFixture } from './fixture.ts'

describe('fromExpress in the adapter suite', () => {
  it('passes every case', async () => {
    const report = await runAdapterSuite(expressFixture, { subject: '@nsgi/adapters-express' })
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [{ id, ...failure }] : []))).toEqual([])
    expect(report.counts.pass).toBe(ADAPTER_CASES.length)
  })
})
