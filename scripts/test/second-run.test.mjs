import { expect, it } from '@jest/globals'
import { filesToRepeat, repetitions, settle } from '../second-run.mjs'

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

/** The same of a file that took its time. */
const long = (...args) => ({ ...file(...args), startTime: 0, endTime: 200_000 })

it('runs short files again as they are, and of a long one what failed', () => {
  const slow = { ...long('d', 'failed', 'passed', 'failed') }
  slow.assertionResults[2].fullName = 'a (sum): 1 + 1'
  const first = { testResults: [file('a', 'failed'), broken('b'), file('c', 'passed'), slow] }
  expect(repetitions(first)).toEqual([
    ['--runTestsByPath', 'a', 'b'],
    ['--testNamePattern', String.raw`^(?:test 0|a \(sum\): 1 \+ 1)$`, '--runTestsByPath', 'd'],
  ])
  expect(repetitions({ testResults: [file('a', 'passed')] })).toEqual([])
})

it('runs a long file again as a whole where it failed as a whole', () => {
  const first = { testResults: [{ ...broken('a'), startTime: 0, endTime: 200_000 }] }
  expect(repetitions(first)).toEqual([['--runTestsByPath', 'a']])
})

it('counts of a long file what did not run again as it was', () => {
  const first = { testResults: [long('a', 'passed', 'failed', 'failed', 'pending')] }
  const passed = { testResults: [file('a', 'pending', 'passed', 'passed', 'pending')] }
  expect(settle(first, passed)).toEqual({ passed: 3, failed: 0, skipped: 1, starved: ['a: test 1', 'a: test 2'] })
  const again = { testResults: [file('a', 'pending', 'failed', 'passed', 'pending')] }
  expect(settle(first, again)).toEqual({ passed: 2, failed: 1, skipped: 1, starved: [] })
})

it('takes a test that did not run again, though it was to, for one that failed', () => {
  const first = { testResults: [long('a', 'passed', 'failed')] }
  expect(settle(first, { testResults: [file('a', 'pending', 'pending')] })).toMatchObject({ passed: 1, failed: 1 })
})
