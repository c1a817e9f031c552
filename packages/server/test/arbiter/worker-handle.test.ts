import { describe, expect, it } from '@jest/globals'
import { workerFlags } from '../../src/arbiter/worker-handle.ts'

describe('the flags of Node', () => {
  it('are passed on to a worker', () => {
    const flags = ['--max-old-space-size=100', '-r', './tracing.cjs', '--enable-source-maps']
    expect(workerFlags(flags)).toEqual(flags)
  })

  it('stay with the master, values and all, where only one process can have them', () => {
    expect(workerFlags(['--inspect', '-r', './a.cjs', '--inspect-port=0'])).toEqual(['-r', './a.cjs'])
    expect(workerFlags(['--inspect-port', '9230', '--watch-path', './src', '--no-warnings'])).toEqual(['--no-warnings'])
  })
})
