import { describe, expect, it } from '@jest/globals'
import { ADAPTER_CASES, runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { versions } from '../fixtures/fastify-versions.mjs'
import { fastifyFixture } from './fixture.ts'

describe('fromFastify in the adapter suite', () => {
  it.each(Object.keys(versions) as (keyof typeof versions)[])('passes every case with %s', async version => {
    const report = await runAdapterSuite(fastifyFixture(version), { subject: '@nsgi/adapters-fastify' })
    expect(report.verdicts.flatMap(({ id, failure }) => (failure ? [{ id, ...failure }] : []))).toEqual([])
    expect(report.counts.pass).toBe(ADAPTER_CASES.length)
  })
})
