import { describe, expect, it } from '@jest/globals'
import { ADAPTER_CASES, runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { expressFixture } from './fixture.ts'

describe('fromExpress in the adapter suite', () => {
  it('passes every case but that of upgrades, which is skipped', async () => {
    const report = await runAdapterSuite(expressFixture, { subject: '@nsgi/adapters-express' })
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [{ id, ...failure }] : []))).toEqual([])
    expect(report.verdicts.flatMap(({ id, outcome }) => (outcome === 'skip' ? [id] : []))).toEqual(['ADP-09.3'])
    expect(report.counts.pass).toBe(ADAPTER_CASES.length - 1)
  })
})
