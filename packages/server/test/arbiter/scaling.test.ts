import { describe, expect, it } from '@jest/globals'
import { Bench, done, notices } from '../support/arbiter-bench.ts'

/** Workers between one and four, of which two serve. */
function scaled(policy = {}): Bench {
  const bench = new Bench({ scaling: { min: 1, max: 4 }, ...policy })
  bench.ready(1, 2)
  return bench
}

/** So many seconds with workers that are busy for that part of them. */
function pass(bench: Bench, seconds: number, busyness: number): readonly unknown[] {
  const commands: unknown[] = []
  for (let second = 0; second < seconds; second++) {
    bench.beat(bench.serving, { busyness })
    commands.push(...bench.pulse())
  }
  return commands
}

describe('the number of workers', () => {
  it('grows by one when they have been busy for three seconds', () => {
    const bench = scaled()
    expect(pass(bench, 2, 0.9)).toEqual([])
    pass(bench, 1, 0.9)
    expect(notices(bench.commands)).toMatchObject([{ kind: 'scaled', target: 3, busyness: 0.9 }, { kind: 'booting' }])
    // Until the new one is ready and has told how busy it is, nothing more is concluded.
    expect(pass(bench, 60, 1)).toEqual([])
  })

  it('does not grow for a short burst, nor beyond the most', () => {
    const bench = scaled({ scaling: { min: 1, max: 2 } })
    pass(bench, 2, 1)
    pass(bench, 1, 0.6)
    expect(pass(bench, 60, 1)).toEqual([])
  })

  it('shrinks by one, gracefully, when for a minute one fewer would do, and never below the least', () => {
    const bench = scaled()
    expect(pass(bench, 59, 0.25)).toEqual([])
    pass(bench, 1, 0.25)
    expect(done(bench.commands)).toEqual([{ type: 'kill', id: 2, signal: 'SIGTERM' }])
    bench.exit(2, 'exited with code 0')
    expect(pass(bench, 200, 0)).toEqual([])
  })

  it('stays where one fewer would be too busy', () => {
    expect(pass(scaled(), 200, 0.3)).toEqual([])
  })

  it('does not change for what a master did not see while it was stopped', () => {
    const bench = scaled()
    bench.beat([1, 2], { busyness: 0 })
    expect(bench.pulse(3_600_000)).toEqual([])
  })

  it('begins between the bounds, and a reload brings it there', () => {
    expect(new Bench({ workers: 9, scaling: { min: 1, max: 4 } }).state.target).toBe(4)
    const bench = new Bench({ workers: 4 })
    bench.ready(1, 2, 3, 4)
    bench.reload({ scaling: { min: 1, max: 2 } })
    expect(bench.state.target).toBe(2)
  })

  it('is fixed without bounds', () => {
    const bench = new Bench()
    bench.ready(1, 2)
    expect(pass(bench, 10, 1)).toEqual([])
  })
})
