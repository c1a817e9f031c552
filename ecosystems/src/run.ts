// Runs the scenarios on the Node that runs it: one line for each, or with --json one JSON object a line. Words choose files.
import { inspect } from 'node:util'
import { allRuns, frameworkVersion, packagesOf, type Run } from './all-scenarios.ts'
import { frameworkLabel } from './frameworks.ts'
import type { RunResult } from './result.ts'
import { type Outcome, runScenario } from './run-scenario.ts'

const words = process.argv.slice(2).filter(word => !word.startsWith('--'))
const asJson = process.argv.includes('--json')

// Express writes failed requests to the console in any other environment; scenarios provoke them.
process.env.NODE_ENV = 'test'
// Some error pages show where the error came from: no deeper than the scenario itself, below which the servers differ.
Error.stackTraceLimit = 1

let failed = 0
for (const run of await allRuns(words)) {
  const result = await resultOf(run)
  if (result.failures.length > 0) failed++
  process.stdout.write(asJson ? `${JSON.stringify(result)}\n` : asText(result))
}
// Whatever a library left running must not keep the run from ending, and all of the output has to be out.
process.stdout.write('', () => process.exit(failed === 0 ? 0 : 1))

async function resultOf(run: Run): Promise<RunResult> {
  const { scenario, framework } = run
  const packages = packagesOf(run)
  const said = {
    file: run.file,
    title: scenario.title ?? packages[0]?.split(' ')[0] ?? run.file,
    packages,
    framework: frameworkLabel(framework),
    frameworkVersion: frameworkVersion(framework),
  }
  try {
    return { ...said, ...told(await runScenario(scenario, framework)) }
  } catch (error) {
    return { ...said, exchanges: scenario.exchanges.length, differences: [], failures: [inspect(error)] }
  }
}

function told({
  exchanges,
  mismatches,
  differences,
}: Outcome): Pick<RunResult, 'exchanges' | 'failures' | 'differences'> {
  const failures = mismatches.map(
    ({ exchange, native, adapted }) =>
      `${exchange}\n  node:http: ${inspect(native, { depth: 9 })}\n  Kirin:     ${inspect(adapted, { depth: 9 })}`,
  )
  return { exchanges, failures, differences }
}

function asText({ title, framework, exchanges, failures }: RunResult): string {
  const head = `${failures.length === 0 ? 'same' : 'DIFFERS'}  ${title}, ${framework}: ${exchanges} exchanges\n`
  return head + failures.map(failure => `${failure.replaceAll(/^/gm, '    ')}\n`).join('')
}
