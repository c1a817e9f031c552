import { describe, expect, it } from '@jest/globals'
import { type MiddlewareUnderTest, runMiddlewareSuite } from '../../../src/conformance/middleware/index.ts'
import { wrap } from '../../../src/middleware/index.ts'

/** Lets through who has a token. */
const guard: MiddlewareUnderTest = application =>
  wrap(application, (request, _context, next) =>
    request.headers['authorization'] === 'Bearer token' ? next() : { status: 401 },
  )

describe('runMiddlewareSuite', () => {
  it('says what to do where the middleware does not call the application', async () => {
    const report = await runMiddlewareSuite(guard)
    expect(report.result).toBe('failed')
    expect(report.verdicts.find(({ id }) => id === 'MID-04.1')?.failure?.message).toBe(
      'GET /: the middleware did not call the application inside: give the suite a request that it lets through',
    )
  })

  it('uses the request that it is given', async () => {
    const request = { target: '/', headers: { authorization: 'Bearer token' } }
    expect((await runMiddlewareSuite(guard, { request })).result).toBe('conformant')
  })

  it('tells what it saw nothing of, and each verdict as it comes', async () => {
    const seen: string[] = []
    const report = await runMiddlewareSuite(application => application, { onVerdict: ({ id }) => seen.push(id) })
    expect(seen).toEqual(report.verdicts.map(({ id }) => id))
    const remarks = report.verdicts.flatMap(({ id, reason }) => (reason === undefined ? [] : [`${id}: ${reason}`]))
    expect(remarks).toEqual([
      'MID-03.1: it threw none of the responses away',
      'MID-05.1: it changed the body of no response',
      'MID-05.2: it changed the body of no response',
    ])
  })

  it('takes nothing but a function', async () => {
    await expect(runMiddlewareSuite({} as MiddlewareUnderTest)).rejects.toThrow(TypeError)
  })
})
