// Runs the examples for vitest and node:test as their users do; those for jest run by themselves.
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'

const here = fileURLToPath(new URL('..', import.meta.url))
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')

// Not what jest tells its own children, and no coverage: this is not our code.
const { PATH, HOME } = process.env
const run = (...args) => promisify(execFile)(process.execPath, args, { cwd: here, env: { PATH, HOME } })

describe('the suites in other frameworks', () => {
  it('make a test of each case in vitest', async () => {
    const { stdout } = await run(vitest, 'run', '--reporter=json')
    const { numTotalTests, numPassedTests } = JSON.parse(stdout)
    expect(numPassedTests).toBe(numTotalTests)
    expect(numTotalTests).toBeGreaterThan(10)
  }, 60_000)

  it('make a test of each case in node:test', async () => {
    const { stdout } = await run('--test', '--test-reporter=tap', join('node-test', 'server.test.js'))
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^# (\w+) (\d+)$/gm)].map(([, name, count]) => [name, +count]),
    )
    expect(counts).toMatchObject({ fail: 0, cancelled: 0, skipped: 0, pass: counts.tests })
    expect(counts.tests).toBeGreaterThan(10)
  }, 60_000)
})
