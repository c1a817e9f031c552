import { expect, it } from '@jest/globals'
import { filesToRepeat, settle } from '../second-run.mjs'

/** A file's result with a test of each status. */
function file(name, ...statuses) {
  const assertionResults = statuses.map((status, i) => ({ status, fullName: `test ${i}` }))
  return { name, status: statuses.includes('failed') ? 'failed' : 'passed', assertionResults }
}

/** A file that could not be loaded. */
const broken = name => ({ name, status: 'failed', assertionResults: [] })

it('counts one run in which nothing failed as it is', () => {
  const first = { testResults: [file('a', 'passed', 'pending'), file('b', 'passed')] }
  expect(filesToRepeat(first)).toEqual([])
  expect(settle(first)).toEqual({ passed: 2, failed: 0, skipped: 1, starved: [] })
})

it('repeats the files in which something failed, and those that could not be loaded', () => {
  const first = { testResults: [file('a', 'passed', 'failed'), file('b', 'passed'), broken('c')] }
  expect(filesToRepeat(first)).toEqual(['a', 'c'])
})

it('repeats nothing where much failed', () => {
  const first = { testResults: Array.from({ length: 9 }, (_, i) => file(`${i}`, 'failed')) }
  expect(filesToRepeat(first)).toEqual([])
  expect(settle(first)).toEqual({ passed: 0, failed: 9, skipped: 0, starved: [] })
})

it('names what failed only beside others', () => {
  const first = { testResults: [file('a', 'passed', 'failed'), file('b', 'passed'), broken('c')] }
  const second = { testResults: [file('a', 'passed', 'passed'), file('c', 'passed')] }
  expect(settle(first, second)).toEqual({ passed: 4, failed: 0, skipped: 0, starved: ['a: test 1', 'c'] })
})

it('counts what fails twice, and what fails in the second run only', () => {
  const first = { testResults: [file('a', 'passed', 'failed'), broken('c')] }
  const second = { testResults: [file('a', 'failed', 'passed'), broken('c')] }
  expect(settle(first, second)).toEqual({ passed: 1, failed: 2, skipped: 0, starved: [] })
})
