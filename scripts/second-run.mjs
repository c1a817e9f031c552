// Whether what failed beside other tests passes by itself. On a machine with few processors a test of real processes can starve beside others: that is
// told of by name, as something to look into, and is no failure. What fails by itself, too, is one.

/**
 * A file that took longer than so many milliseconds is run again in its failed tests alone, which therefore may not live on those
 * before them; one that did not is run whole.
 */
const LONG_FILE = 90_000

/** More failed files than that are not for want of a processor: no second run for them. */
const MOST_FILES = 8

/**
 * The files that are worth a second run.
 *
 * @param {import('@jest/test-result').FormattedTestResults} result of the first run, as jest writes it
 * @returns {readonly string[]} paths; none if nothing failed, or too much
 */
export function filesToRepeat(result) {
  const files = result.testResults.filter(isFailed).map(({ name }) => name)
  return files.length > MOST_FILES ? [] : files
}

/**
 * How jest is told to run these again: the short ones in one go, each of the long ones with the names of its tests that failed.
 *
 * @param {import('@jest/test-result').FormattedTestResults} result of the first run
 * @returns {readonly (readonly string[])[]} the arguments of each run
 */
export function repetitions(result) {
  const files = filesToRepeat(result)
  const failed = result.testResults.filter(({ name }) => files.includes(name))
  const long = failed.filter(isLong)
  const short = failed.filter(file => !isLong(file)).map(({ name }) => name)
  return [
    ...(short.length > 0 ? [['--runTestsByPath', ...short]] : []),
    ...long.map(file => ['--testNamePattern', patternOf(file), '--runTestsByPath', file.name]),
  ]
}

/** Whether only what failed is to run again. What failed as a whole has no tests to name. */
function isLong({ startTime, endTime, assertionResults }) {
  return endTime - startTime > LONG_FILE && assertionResults.some(isFailed)
}

function patternOf({ assertionResults }) {
  const names = assertionResults
    .filter(isFailed)
    .map(({ fullName }) => fullName.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return `^(?:${names.join('|')})$`
}

/**
 * What both runs come to: of what ran twice the second run counts.
 *
 * @param {import('@jest/test-result').FormattedTestResults} first
 * @param {{ testResults: import('@jest/test-result').FormattedTestResults['testResults'] }} [second] what was repeated, by itself
 * @returns {{ passed: number, failed: number, skipped: number, starved: readonly string[] }} how many tests, where a file that cannot be loaded
 *   counts as one that failed; and the names of those that failed in the first run only
 */
export function settle(first, second) {
  const repeated = new Map((second?.testResults ?? []).map(file => [file.name, file]))
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const starved = []
  for (const file of first.testResults) {
    const again = repeated.get(file.name)
    const counted = again === undefined ? file : both(file, again)
    count(counted, totals)
    if (counted !== file && !isFailed(counted)) starved.push(...namesOfFailed(file))
  }
  return { ...totals, starved }
}

/** A file of which some tests may not have run again: these have not failed. */
function both(first, again) {
  if (!isLong(first)) return again
  const ran = new Map(
    again.assertionResults.filter(({ status }) => status !== 'pending').map(result => [result.fullName, result]),
  )
  // What did not run, though it was to, is no success.
  const assertionResults = first.assertionResults.map(
    result => (isFailed(result) && ran.get(result.fullName)) || result,
  )
  return { ...again, assertionResults, status: [again, ...assertionResults].some(isFailed) ? 'failed' : 'passed' }
}

function isFailed({ status }) {
  return status === 'failed'
}

function count(file, totals) {
  for (const { status } of file.assertionResults) {
    if (status === 'passed') totals.passed += 1
    else if (status === 'failed') totals.failed += 1
    else totals.skipped += 1
  }
  if (isFailed(file) && !file.assertionResults.some(isFailed)) totals.failed += 1
}

function namesOfFailed({ name, assertionResults }) {
  const failed = assertionResults.filter(isFailed).map(({ fullName }) => `${name}: ${fullName}`)
  return failed.length === 0 ? [name] : failed
}
