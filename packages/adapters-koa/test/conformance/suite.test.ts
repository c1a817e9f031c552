import { describe, expect, it } from '@jest/globals'
import { ADAPTER_CASES, runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { versions } from '../fixtures/koa-versions.mjs'
import { koaFixture } from './fixture.ts'

describe('fromKoa in the adapter suite', () => {
  it.each(Object.keys(versions) as (keyof typeof versions)[])('passes every case with %s', async version => {
    const report = await runAdapterSuite(koaFixture(version), { subject: '@nsgi/adapters-koa' })
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [{ id, ...failure }] : []))).toEqual([])
    expect(report.counts.pass).toBe(ADAPTER_CASES.length)
  })
})
