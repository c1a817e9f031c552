import { describe, expect, it } from '@jest/globals'
import { runAdapterSuite } from '../../../spec/src/conformance/adapter/index.ts'
import { fetchFixture } from './fixture.ts'

const reason = 'a Response has neither finish nor close'
const exceptions = { 'ADP-02.1': reason, 'ADP-02.2': reason }

describe('fromFetch in the adapter suite', () => {
  it('passes what there is of it in fetch: unhandled errors, and a body of one piece', async () => {
    const { verdicts } = await runAdapterSuite(fetchFixture, { subject: '@nsgi/adapters-fetch', exceptions })
    expect(verdicts.flatMap(({ id, failure }) => (failure && !(id in exceptions) ? [{ id, ...failure }] : []))).toEqual(
      [],
    )
    const passed = verdicts.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id)
    expect(passed).toEqual(expect.arrayContaining(['ADP-08.1', 'ADP-10.1']))
  })
})
