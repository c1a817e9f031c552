import { describe, expect, it } from '@jest/globals'
import { type ConformanceCase, defineCases } from '../../src/conformance/case.ts'
import { expectEqual, fail, skip } from '../../src/conformance/failure.ts'
import { type RunOptions, runCases } from '../../src/conformance/runner.ts'

const run = (cases: readonly ConformanceCase<string>[], options: Partial<RunOptions<string>> = {}) =>
  runCases(cases, { suite: 'test', subject: 'a string', open: () => ({ subject: 'subject' }), ...options })

const never = (): Promise<void> => new Promise(() => {})

describe('defineCases', () => {
  it('numbers the cases of a requirement and gives them its level and profile', () => {
    const cases = defineCases<string>('RES-25', {
      'does one thing': () => {},
      'does another': { run: () => {}, also: ['RES-26'], profile: 'core', serial: true, timeout: 5 },
    })
    expect(cases).toMatchObject([
      { id: 'RES-25.1', requirements: ['RES-25'], profile: 'stream', level: 'MUST', serial: false },
      { id: 'RES-25.2', requirements: ['RES-25', 'RES-26'], profile: 'core', serial: true, timeout: 5 },
    ])
  })
})

describe('runCases', () => {
  it('passes what returns, fails what throws, with what it had seen', async () => {
    const report = await run(
      defineCases('REQ-01', {
        returns: subject => expectEqual(subject, 'subject', 'the subject'),
        throws: () => fail('not so', { expected: 'a', seen: Buffer.from('b') }),
        breaks: () => {
          throw new TypeError('broken')
        },
      }),
    )
    expect(report.result).toBe('failed')
    expect(report.counts).toMatchObject({ pass: 1, fail: 2 })
    expect(report.verdicts[1]).toMatchObject({ failure: { message: 'not so', expected: 'a', seen: Buffer.from('b') } })
    expect(report.verdicts[2]?.failure?.message).toBe('TypeError: broken')
  })

  it('calls a SHOULD that is not met non-strict, which fails no profile', async () => {
    const report = await run(defineCases('RES-24', { 'adds none': () => fail('it does') }))
    expect(report.verdicts[0]?.outcome).toBe('non-strict')
    expect(report.profiles).toEqual({ core: 'conformant' })
  })

  it('is partial where something was skipped, and leaves out what is not claimed', async () => {
    const cases = [
      ...defineCases<string>('REQ-01', { skips: () => skip('not here') }),
      ...defineCases<string>('UPG-01', { 'is not run': () => fail('run nevertheless') }),
    ]
    const report = await run(cases, { claimed: ['core'] })
    expect(report.result).toBe('partial')
    expect(report.profiles).toEqual({ core: 'partial' })
    expect(report.verdicts.map(({ reason }) => reason)).toEqual(['not here', 'its profile is not claimed'])
  })

  it('holds failures against the list of exceptions, and the list against the failures', async () => {
    const cases = defineCases<string>('REQ-01', { fails: () => fail('as known'), passes: () => {} })
    const report = await run(cases, { exceptions: { 'REQ-01.1': 'cannot', 'REQ-01.2': 'out of date' } })
    expect(report.verdicts.map(({ outcome }) => outcome)).toEqual(['exception', 'fail'])
    expect(report.verdicts[0]).toMatchObject({ reason: 'cannot', failure: { message: 'as known' } })
    expect(report.verdicts[1]?.failure?.message).toContain('out of date')
  })

  it('ends a case that does not, tells its subject, and takes that away', async () => {
    const heard: string[] = []
    const report = await run(defineCases('REQ-01', { hangs: { run: never, timeout: 1 } }), {
      open: (_case, signal) => {
        signal.addEventListener('abort', () => heard.push('abort'))
        const transcript = () => [{ on: 'wire', direction: 'sent' as const, bytes: 'x' }]
        return { subject: '', close: () => void heard.push('close'), transcript }
      },
    })
    expect(report.verdicts[0]?.failure).toMatchObject({
      message: 'not over after 0.001 s',
      transcript: [{ bytes: 'x' }],
    })
    expect(heard).toEqual(['abort', 'close'])
  })

  it('fails a case whose subject cannot be made or taken away', async () => {
    const broken = { open: () => Promise.reject(new Error('no server')) }
    const cases = defineCases<string>('REQ-01', { passes: () => {} })
    expect((await run(cases, broken)).verdicts[0]?.failure?.message).toBe('Error: no server')
    const stuck = { open: () => ({ subject: '', close: () => fail('still there') }) }
    expect((await run(cases, stuck)).verdicts[0]?.failure?.message).toBe('still there')
  })

  it('runs as many at a time as it may, the serial ones alone and last', async () => {
    let [running, most] = [0, 0]
    const order: string[] = []
    const turn = (name: string) => async () => {
      most = Math.max(most, ++running)
      order.push(`${name}${running}`)
      await new Promise(resolve => setImmediate(resolve))
      running -= 1
    }
    const cases = defineCases<string>('REQ-01', {
      alone: { run: turn('alone'), serial: true },
      'alone too': { run: turn('alone'), serial: true },
      a: turn('case'),
      b: turn('case'),
      c: turn('case'),
    })
    const report = await run(cases, { concurrency: 2 })
    expect(most).toBe(2)
    expect(order.slice(3)).toEqual(['alone1', 'alone1'])
    expect(report.verdicts.map(({ id }) => id)).toEqual(['REQ-01.1', 'REQ-01.2', 'REQ-01.3', 'REQ-01.4', 'REQ-01.5'])
  })
})
