// Random sequences of events: what holds whatever happens, and whenever.
import { describe, expect, it } from '@jest/globals'
import type { ArbiterEvent, ArbiterState } from '../../src/arbiter/model.ts'
import { nextDeadline } from '../../src/arbiter/state.ts'
import { Bench, done, FAILURE, STATS } from '../support/arbiter-bench.ts'

describe('any order of events', () => {
  it('keeps numbers unique, never has more than one worker beyond what is wanted, and always ends when told to', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { bench, random } = launched(seed)
      for (let count = 0; count < 60; count++) {
        bench.now += random(3_000)
        bench.event(anyEvent(bench.state, random))
        // No worker was ever ready.
        if (bench.state.phase === 'gone') break
        expectInOrder(bench.state, seed)
      }
      end(bench)
    }
  })

  it('takes a worker that serves away only when enough others do', () => {
    let taken = 0
    for (let seed = 1; seed <= 200; seed++) {
      const { bench, random } = launched(seed)
      for (let count = 0; count < 60; count++) {
        bench.now += random(3_000)
        const before = bench.serving
        const commands = bench.event(anyEvent(bench.state, random))
        if (bench.state.phase !== 'serving') break
        const away = done(commands).flatMap(command => (command.type === 'kill' ? [command.id] : []))
        if (!away.some(id => before.includes(id))) continue
        taken++
        if (bench.serving.length < bench.state.target) throw new Error(`seed ${seed}: ${JSON.stringify(bench.state)}`)
      }
    }
    expect(taken).toBeGreaterThan(20)
  })

  it('leads to one generation after the last reload, once workers boot and no more of them die', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const { bench, random } = launched(seed)
      bench.ready(1)
      for (let count = 0; count < 60; count++) {
        bench.now += random(3_000)
        bench.event(anyEvent(bench.state, random))
      }
      while (bench.state.rereading !== 'no') bench.event({ type: 'reread', policy: bench.state.policy })
      bench.reload()
      bringToRest(bench)
      const { workers, target, generation, reloadTo } = bench.state
      expect(new Set(workers.map(worker => worker.generation))).toEqual(new Set([generation]))
      expect(workers.filter(({ phase, spent }) => phase === 'ready' && !spent)).toHaveLength(target)
      expect(workers).toHaveLength(target)
      expect(workers.map(({ place }) => place).toSorted((a, b) => a - b)).toEqual(workers.map((_, place) => place))
      expect([reloadTo, nextDeadline(bench.state)]).toEqual([null, undefined])
    }
  })
})

type Random = (below: number) => number

/** An arbiter with workers that boot, and reproducible numbers for what happens to it. */
function launched(seed: number): { bench: Bench; random: Random } {
  let value = seed
  // Numerical Recipes' linear congruential generator; its low bits repeat soon.
  const random: Random = below => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0
    return (value >>> 8) % below
  }
  return { bench: new Bench({ workers: 1 + random(4), healthWindow: random(2) * 1_000 }), random }
}

function expectInOrder(state: ArbiterState, seed: number): void {
  const slots = state.workers.map(({ slot }) => slot)
  const staying = state.workers.filter(({ phase }) => phase !== 'leaving')
  const beyond = staying.length + state.vacancies.length - state.target
  const replaceable = staying.some(({ phase, spent, place, generation }) => {
    const isOld = state.reloadTo !== null && generation < state.reloadTo
    return phase === 'ready' && (spent || isOld || place >= state.target)
  })
  if (new Set(slots).size === slots.length && beyond >= 0 && beyond <= (replaceable ? 1 : 0)) return
  throw new Error(`seed ${seed}: ${JSON.stringify(state)}`)
}

/** From here on every worker boots, and each that was asked to go goes. */
function bringToRest(bench: Bench): void {
  for (let count = 0; count < 200; count++) {
    const { workers } = bench.state
    const leaver = workers.find(({ phase }) => phase === 'leaving')
    const booting = workers.find(({ phase }) => phase === 'booting')
    if (leaver !== undefined) bench.exit(leaver.id, 'exited with code 0')
    else if (booting !== undefined) bench.ready(booting.id)
    else if (nextDeadline(bench.state) !== undefined) bench.wait()
    else return
  }
  throw new Error(`no rest: ${JSON.stringify(bench.state)}`)
}

function end(bench: Bench): void {
  bench.signal('SIGINT')
  while (bench.state.workers.length > 0) bench.exit(bench.state.workers[0]?.id ?? 0)
  expect(bench.state.phase).toBe('gone')
  expect(nextDeadline(bench.state)).toBeUndefined()
}

function anyEvent({ workers, policy }: ArbiterState, random: Random): ArbiterEvent {
  const id = workers[random(Math.max(1, workers.length))]?.id ?? 0
  const events: readonly ArbiterEvent[] = [
    { type: 'tick' },
    { type: 'ready', id },
    { type: 'ready', id },
    { type: 'ready', id },
    { type: 'failed', id, failure: FAILURE },
    { type: 'stopping', id, reason: 'SIGTERM' },
    { type: 'spent', id, reason: 'has served enough' },
    { type: 'exited', id, ending: 'exited with code 1' },
    { type: 'signal', signal: 'SIGHUP' },
    { type: 'reread', policy },
    { type: 'reread', policy },
    { type: 'misread', problems: ['--workers: expected a number'] },
    { type: 'beat', id, stats: STATS },
    { type: 'pulse', elapsed: 3_000 },
    { type: 'traced', id, stack: null },
    { type: 'signal', signal: 'SIGTTIN' },
    { type: 'signal', signal: 'SIGTTOU' },
    { type: 'signal', signal: 'SIGUSR1' },
  ]
  return events[random(events.length)] ?? { type: 'tick' }
}
