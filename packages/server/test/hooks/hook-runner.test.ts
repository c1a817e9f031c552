import { describe, expect, it } from '@jest/globals'
import { HookError, HookRunner } from '../../src/hooks/hook-runner.ts'
import type { MasterHooks } from '../../src/hooks/hooks.ts'

const subject = { pid: 1 }

function runner(hooks: MasterHooks) {
  const lines: unknown[] = []
  const method = (...said: readonly unknown[]) => void lines.push(said.at(-1))
  const log = { error: method, warn: method, info: method, debug: method }
  return { hooks: new HookRunner<MasterHooks>(hooks, { subject, log }), lines }
}

describe('HookRunner', () => {
  it('calls a hook with its subject first', async () => {
    const calls: unknown[] = []
    const { hooks, lines } = runner({
      nworkersChanged: (...values) => calls.push(values),
      onExit: async (...values) => void calls.push(values),
    })
    expect(hooks.call('nworkersChanged', 3, 2)).toBeUndefined()
    await hooks.run('onExit', 0)
    expect(calls).toEqual([
      [subject, 3, 2],
      [subject, 0],
    ])
    expect(lines).toEqual([])
  })

  it('does nothing for one that is not set', async () => {
    const { hooks } = runner({})
    expect(hooks.has('whenReady')).toBe(false)
    expect(hooks.call('whenReady')).toBeUndefined()
    await hooks.run('onStarting')
  })

  it('logs what a hook throws with its name and place, and hands it to whoever called', () => {
    const { hooks, lines } = runner({
      whenReady: () => {
        throw new TypeError('no such pager')
      },
    })
    expect(hooks.call('whenReady')).toBeInstanceOf(HookError)
    expect(lines).toEqual([
      expect.stringMatching(/^the hook whenReady failed: TypeError: no such pager \(.*hook-runner\.test\.ts:\d+/),
    ])
  })

  it('logs what the promise of a hook is rejected with, although nobody waits for it', async () => {
    const failing = Promise.reject(new Error('too late'))
    const { hooks, lines } = runner({ whenReady: () => failing as unknown as void })
    expect(hooks.call('whenReady')).toBeUndefined()
    await failing.catch(() => {})
    expect(lines).toEqual([expect.stringMatching(/^the hook whenReady failed: Error: too late/)])
  })

  it('waits for no longer than it is told to', async () => {
    const { hooks } = runner({ preExec: () => new Promise(() => {}), onStarting: async () => {} })
    await expect(hooks.runWithin(10, 'preExec')).rejects.toThrow(
      /^the hook preExec has not ended within 0.01 s, and is not waited for any more$/,
    )
    await hooks.runWithin(60_000, 'onStarting')
    await hooks.runWithin(60_000, 'onExit', 0)
  })

  it('throws to whoever waits, and logs nothing then', async () => {
    const { hooks, lines } = runner({ onStarting: async () => Promise.reject(new Error('no licence')) })
    await expect(hooks.run('onStarting')).rejects.toThrow(/^the hook onStarting failed: Error: no licence/)
    expect(lines).toEqual([])
  })
})
