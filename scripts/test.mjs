// npm test: installs and builds what is missing, checks types, lint and packages, runs every test and prints how much
// code they ran. Arguments narrow it down to the test files whose path contains one of them:
//   npm test -- packages/server/test/http1
// What failed runs once more, by itself (of a long file nothing else): what passes then is told of, and does not count as a failure.
// The last line is `N passed, N failed[, N skipped]`; a failed check counts as one failure.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { repetitions, settle } from './second-run.mjs'
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
  const first = await jest(
    [...(whole ? ['--coverage'] : []), ...patterns],
    // Every Node process started from there writes down which code it ran: the servers under test, too.
    whole ? { ...env, NODE_V8_COVERAGE: path.join(coverageFolder, 'processes') } : env,
  )
  const second = await repeat(first, env)
  const { passed, failed, skipped, starved } = settle(first, second)
  totals.passed += passed
  totals.failed += failed
  totals.skipped += skipped
  if (starved.length > 0)
    process.stdout.write(`\n${bold('Failed beside others, passed by themselves: look into it')}\n`)
  for (const name of starved) process.stdout.write(`  ${path.relative(root, name)}\n`)
  if (!whole) return
  // Imported here: what it needs is not there before the installation.
  const { measureCoverage, printCoverage } = await import('./coverage.mjs')
  printCoverage(measureCoverage(root, coverageFolder))
}

/** Runs what failed once more, by itself; what came of that. */
async function repeat(first, env) {
  const testResults = []
  for (const args of repetitions(first)) {
    if (testResults.length === 0) process.stdout.write(`\n${bold('What failed, once more by itself')}\n`)
    const again = await jest(['--runInBand', ...args], env)
    testResults.push(...again.testResults)
  }
  return { testResults }
}

/** Runs jest with these arguments; its result. */
async function jest(args, env) {
  rmSync(resultFile, { force: true })
  const fixed = [
    '--experimental-vm-modules',
    '--no-warnings',
    binary('jest', 'bin/jest.js'),
    '--json',
    `--outputFile=${resultFile}`,
  ]
  await run(process.execPath, [...fixed, ...args], { cwd: root, env, show: true, accept: [0, 1] })
  if (!existsSync(resultFile)) throw new StepError('Tests', 'jest wrote no result')
  return JSON.parse(readFileSync(resultFile, 'utf8'))
}

function summarise() {
  const { passed, failed, skipped } = totals
  process.stdout.write(
    `\n${failed === 0 ? 'All is well' : 'Something failed'} after ${formatDuration(performance.now() - started)}\n`,
  )
  process.stdout.write(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
