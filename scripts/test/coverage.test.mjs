import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { measureCoverage } from '../coverage.mjs'

const execute = promisify(execFile)
const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const SOURCE = `/** A comment is no code, and neither is a type. */
export interface Sign {
  readonly text: string
}

export function signOf(value: number): Sign {
  if (value < 0) {
    return { text: 'negative' }
  }
  if (value > 0) {
    return { text: 'positive' }
  }
  return { text: 'none' }
}
`
/** Lines 6 to 14 bear code; that of each \`if\` block is its own. */
const CODE_LINES = 9

/** Milliseconds: the compiler takes its time on a busy machine. */
const PATIENCE = 60_000

let root
let source

beforeAll(async () => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'coverage-')))
  const folder = path.join(root, 'packages/signs')
  source = path.join(folder, 'src/sign.ts')
  mkdirSync(path.dirname(source), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(source, SOURCE)
  const options = ['--sourceMap', '--module', 'nodenext', '--target', 'es2022', '--outDir', 'dist', '--rootDir', 'src']
  await execute(process.execPath, [compiler, ...options, 'src/sign.ts'], { cwd: folder })
}, PATIENCE)

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Calls the compiled function in a process of its own that has nothing in its environment but the wish for coverage. */
async function callInProcess(report, value) {
  const url = pathToFileURL(path.join(root, 'packages/signs/dist/sign.js')).href
  const program = `import(${JSON.stringify(url)}).then(({ signOf }) => signOf(${value}))`
  await execute(process.execPath, ['-e', program], { env: { NODE_V8_COVERAGE: path.join(report, 'processes') } })
}

function measured(report) {
  return measureCoverage(root, report).get('packages/signs')
}

it('counts lines that bear code, and none of them as run when nothing was', () => {
  expect(measured(path.join(root, 'nothing'))).toEqual({ covered: 0, lines: CODE_LINES })
})

it('counts what a process ran, and leaves out the branch that it did not take', async () => {
  const report = path.join(root, 'one')
  await callInProcess(report, 1)
  // Not run: the first block's return, and what follows the second block.
  expect(measured(report).covered).toBeLessThan(CODE_LINES)
  expect(measured(report).covered).toBeGreaterThan(CODE_LINES / 2)
})

it('joins several processes', async () => {
  const report = path.join(root, 'several')
  for (const value of [-1, 0, 1]) await callInProcess(report, value)
  expect(measured(report)).toEqual({ covered: CODE_LINES, lines: CODE_LINES })
})

it('leaves out what a process that was killed had not written to its end', async () => {
  const report = path.join(root, 'killed')
  await callInProcess(report, 1)
  const { covered } = measured(report)
  writeFileSync(path.join(report, 'processes/coverage-killed.json'), '{"result":[{"url":"file:///')
  expect(measured(report).covered).toBe(covered)
})

it('joins what jest saw, but for lines without code', () => {
  const report = path.join(root, 'jest')
  mkdirSync(report)
  const statementMap = Object.fromEntries([1, 3, 8].map(line => [line, { start: { line, column: 0 } }]))
  const entry = { statementMap, s: { 1: 1, 3: 1, 8: 1 } }
  writeFileSync(path.join(report, 'coverage-final.json'), JSON.stringify({ [source]: entry }))
  expect(measured(report)).toEqual({ covered: 1, lines: CODE_LINES })
})

it(
  'counts what a bundle ran for the sources that it is made of',
  async () => {
    const folder = path.join(root, 'packages/bundled')
    mkdirSync(path.join(folder, 'src'), { recursive: true })
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(path.join(folder, 'src/sign.ts'), SOURCE)
    writeFileSync(
      path.join(folder, 'src/entry.ts'),
      `import { signOf } from './sign.js'\nexport const sign = (value: number) => signOf(value)\n`,
    )
    const options = [
      '--sourceMap',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--outDir',
      'dist',
      '--rootDir',
      'src',
    ]
    await execute(process.execPath, [compiler, ...options, 'src/entry.ts'], { cwd: folder })
    const covered = async file => {
      const report = path.join(root, `report-of-${file.replace('/', '-')}`)
      const url = pathToFileURL(path.join(folder, 'dist', file)).href
      const program = `import(${JSON.stringify(url)}).then(({ sign }) => sign(1))`
      await execute(process.execPath, ['-e', program], { env: { NODE_V8_COVERAGE: path.join(report, 'processes') } })
      return measureCoverage(root, report).get('packages/bundled')
    }
    const apart = await covered('entry.js')
    const { build } = createRequire(new URL('../../packages/server/package.json', import.meta.url))('esbuild')
    const [entry, outfile] = ['entry.js', 'bundle/entry.js'].map(file => path.join(folder, 'dist', file))
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', sourcemap: true })
    const together = await covered('bundle/entry.js')
    expect(together.lines).toBe(apart.lines)
    // An import and a closing bracket have no place of their own in a bundle.
    expect(together.covered).toBeGreaterThan(apart.lines / 2)
    expect(together.covered).toBeLessThanOrEqual(apart.covered)
  },
  PATIENCE,
)
