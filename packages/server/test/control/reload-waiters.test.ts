import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Notice } from '../../src/arbiter/model.ts'
import { type ReloadAnswer, ReloadWaiters } from '../../src/control/reload-waiters.ts'
import { FAILURE } from '../support/arbiter-bench.ts'

const RELOADING: Notice = { kind: 'reloading', workers: 2 }
const RELOADED: Notice = { kind: 'reloaded', workers: 2 }
const MISREAD: Notice = { kind: 'misread', problems: ['workers: expected a number', 'bind: in use'], workers: 2 }
const REFUSED = { outcome: 'failed', reason: 'workers: expected a number; bind: in use' }

describe('who waits for a reload', () => {
  let waiters: ReloadWaiters
  let answers: Record<string, ReloadAnswer[]>
  const add = (name: string): void => {
    const got: ReloadAnswer[] = []
    answers[name] = got
    waiters.add(answer => got.push(answer))
  }
  const observe = (...notices: readonly Notice[]): void => notices.forEach(notice => waiters.observe(notice))

  beforeEach(() => {
    waiters = new ReloadWaiters()
    answers = {}
  })

  it('is told once how it ended', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe(RELOADED, RELOADING, { kind: 'reload-failed', failure: FAILURE, workers: 2 }, RELOADED)
    expect(answers).toEqual({ a: [{ outcome: 'done' }], b: [{ outcome: 'failed', reason: FAILURE.message }] })
  })

  it('is told of a configuration that is wrong', () => {
    add('a')
    observe(MISREAD)
    expect(answers).toEqual({ a: [REFUSED] })
  })

  it('is told nothing of the reload before theirs', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe(RELOADED)
    expect(answers).toEqual({ a: [{ outcome: 'done' }], b: [] })
    observe(MISREAD)
    expect(answers).toEqual({ a: [{ outcome: 'done' }], b: [REFUSED] })
  })

  it('goes on waiting for a reload that a wrong configuration came after', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe(MISREAD)
    expect(answers).toEqual({ a: [], b: [REFUSED] })
    observe(RELOADED)
    expect(answers['a']).toEqual([{ outcome: 'done' }])
  })

  it('is told of a stop, begun or not', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe({ kind: 'stopping', graceful: true, workers: 2 })
    const stops = [{ outcome: 'cut', reason: 'the server stops' }]
    expect(answers).toEqual({ a: stops, b: stops })
  })

  it('is told of a stop that is announced, unless theirs has begun', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe({ kind: 'announced', delay: 5_000 })
    expect(answers).toEqual({ a: [], b: [{ outcome: 'cut', reason: 'the server stops' }] })
    observe(RELOADED)
    expect(answers['a']).toEqual([{ outcome: 'done' }])
  })

  it('is told of WINCH, which cuts short what has begun', () => {
    add('a')
    observe(RELOADING)
    add('b')
    observe({ kind: 'reload-cut' })
    expect(answers).toEqual({
      a: [{ outcome: 'cut', reason: expect.stringMatching(/^WINCH stops the workers/) }],
      b: [],
    })
  })
})
