import { describe, expect, it } from '@jest/globals'
import { Bench, done, kinds, notices } from '../support/arbiter-bench.ts'

/** Two workers that serve; three crashes within a minute are too many. */
function watched(): Bench {
  const bench = new Bench({ emergency: { threshold: 3, interval: 60_000 } })
  bench.ready(1, 2)
  return bench
}

/** That worker dies, and the next one is ready. */
function crash(bench: Bench, id: number, successor: number): readonly unknown[] {
  const commands = [...bench.exit(id, 'was killed by SIGSEGV')]
  while (bench.state.vacancies.length > 0) bench.wait()
  bench.ready(successor)
  return commands
}

describe('too many crashes', () => {
  it('have all workers replaced as by HUP, once', () => {
    const bench = watched()
    crash(bench, 1, 3)
    crash(bench, 2, 4)
    expect(done(bench.exit(3, 'was killed by SIGSEGV'))).toContainEqual({ type: 'reread' })
    expect(notices(bench.commands)).toContainEqual({ kind: 'emergency', crashes: 3, interval: 60_000 })
    bench.event({ type: 'reread', policy: bench.state.policy })
    expect(bench.state.reloadTo).toBe(2)
    expect(kinds(bench.exit(4, 'was killed by SIGSEGV'))).not.toContain('emergency')
  })

  it('are none when they are further apart', () => {
    const bench = watched()
    crash(bench, 1, 3)
    crash(bench, 2, 4)
    bench.now += 60_001
    expect(kinds(bench.exit(3))).toEqual(['died', 'booting'])
  })

  it('are counted for faults that workers report, not for workers that were told to stop, nor for failed boots', () => {
    const bench = watched()
    bench.event({ type: 'stopping', id: 1, reason: 'uncaught exception', isFault: true })
    bench.event({ type: 'stopping', id: 2, reason: 'SIGTERM' })
    bench.fail(3)
    expect(bench.state.crashes).toHaveLength(1)
  })
})
