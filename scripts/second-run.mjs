// Whether what failed beside other tests passes by itself. On a machine with few processors a test of real processes can starve beside others: that is
// told of by name, as something to look into, and is no failure. What fails by itself, too, is one.

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
 * What both runs come to: of the files that ran twice the second run counts.
 *
 * @param {import('@jest/test-result').FormattedTestResults} first
 * @param {import('@jest/test-result').FormattedTestResults} [second] of the files to repeat, each by itself
 * @returns {{ passed: number, failed: number, skipped: number, starved: readonly string[] }} how many tests, where a file that cannot be loaded
 *   counts as one that failed; and the names of those that failed in the first run only
 */
export function settle(first, second) {
  const repeated = new Map((second?.testResults ?? []).map(file => [file.name, file]))
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const starved = []
  for (const file of first.testResults) {
    const counted = repeated.get(file.name) ?? file
    count(counted, totals)
    if (counted !== file && !isFailed(counted)) starved.push(...namesOfFailed(file))
  }
  return { ...totals, starved }
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
