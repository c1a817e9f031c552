// npm test: installs and builds what is missing, checks types, lint and packages, runs every test and prints how much
// code they ran. Arguments narrow it down to the test files whose path contains one of them:
//   npm test -- packages/server/test/http1
// The last line is `N passed, N failed[, N skipped]`; a failed check counts as one failure.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { bold, formatDuration, report, run, StepError, step, stopCommandsOnSignal } from './steps.mjs'
import { binary, prepare, root, turbo } from './workspace.mjs'

const started = performance.now()
const patterns = process.argv.slice(2)
const coverageFolder = path.join(root, 'coverage')
const resultFile = path.join(coverageFolder, 'jest.json')
const totals = { passed: 0, failed: 0, skipped: 0 }

stopCommandsOnSignal()
try {
  process.stdout.write(`${bold('NSGI: build, checks and tests')}\n`)
  const env = await prepare()
  await check('Types', note => turbo('typecheck', env, note))
  await check('Lint', () => run('pnpm', ['run', '--silent', 'lint'], { cwd: root, env }))
  await check('Packages as published', () => run('pnpm', ['run', '--silent', 'lint:packages'], { cwd: root, env }))
  await check('Tests', () => runJest(env), { announced: false })
} catch (error) {
  totals.failed += 1
  report(error)
}
summarise()

/** A failed check is counted and shown, and the next ones are still run. */
async function check(title, action, { announced = true } = {}) {
  try {
    await (announced ? step(title, action) : action())
  } catch (error) {
    totals.failed += 1
    report(error)
  }
}

async function runJest(env) {
  rmSync(coverageFolder, { recursive: true, force: true })
  mkdirSync(coverageFolder, { recursive: true })
  const whole = patterns.length === 0
  process.stdout.write(`\n${bold('Tests')}\n`)
  await run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings',
      binary('jest', 'bin/jest.js'),
      '--json',
      `--outputFile=${resultFile}`,
      ...(whole ? ['--coverage'] : []),
      ...patterns,
    ],
    // Every Node process started from there writes down which code it ran: the servers under test, too.
    {
      cwd: root,
      env: whole ? { ...env, NODE_V8_COVERAGE: path.join(coverageFolder, 'processes') } : env,
      show: true,
      accept: [0, 1],
    },
  )
  if (!existsSync(resultFile)) throw new StepError('Tests', 'jest wrote no result')
  const result = JSON.parse(readFileSync(resultFile, 'utf8'))
  totals.passed += result.numPassedTests
  // A file that cannot be loaded has no tests to count.
  totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites
  totals.skipped += result.numPendingTests + result.numTodoTests
  if (!whole) return
  // Imported here: what it needs is not there before the installation.
  const { measureCoverage, printCoverage } = await import('./coverage.mjs')
  printCoverage(measureCoverage(root, coverageFolder))
}

function summarise() {
  const { passed, failed, skipped } = totals
  process.stdout.write(
    `\n${failed === 0 ? 'All is well' : 'Something failed'} after ${formatDuration(performance.now() - started)}\n`,
  )
  process.stdout.write(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
