// Runs the scenarios on several versions of Node and writes docs/ecosystems.md. Their binaries come from npm, into a cache outside of the
// repository: nobody else needs them.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ecosystemsPage, type NodeRun } from './page.ts'
import type { RunResult } from './result.ts'

/** The newest of each line that is supported, when the page was last written. */
const NODE_VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.10.0']

/** Bytes of results that a run may print. */
const OUTPUT_LIMIT = 64 * 1024 * 1024

const execute = promisify(execFile)
const cache = process.env.NSGI_NODE_CACHE ?? join(tmpdir(), 'nsgi-node-versions')

const runs: NodeRun[] = []
for (const version of NODE_VERSIONS) {
  process.stdout.write(`Node ${version} …`)
  const run = await runOn(version)
  runs.push(run)
  const failed = run.results.filter(({ failures }) => failures.length > 0)
  process.stdout.write(` ${run.results.length - failed.length} of ${run.results.length} scenarios the same\n`)
  for (const { title, framework, failures } of failed) {
    process.stdout.write(`${title} on ${framework}\n${failures.join('\n')}\n`)
  }
}
writeFileSync(new URL('../../docs/ecosystems.md', import.meta.url), ecosystemsPage(runs))

async function runOn(version: string): Promise<NodeRun> {
  const node = await nodeBinary(version)
  const script = fileURLToPath(new URL('run.js', import.meta.url))
  const output = await execute(node, [script, '--json'], { maxBuffer: OUTPUT_LIMIT }).then(
    ({ stdout }) => stdout,
    // It exits with 1 where something differs, and has told all the same.
    (error: { stdout?: string; code?: unknown }) => {
      if (error.code !== 1 || error.stdout === undefined) throw error
      return error.stdout
    },
  )
  const lines = output.split('\n').filter(line => line !== '')
  return { version, results: lines.map(line => JSON.parse(line) as RunResult) }
}

/** The binary of a version: of this process, or fetched once. */
async function nodeBinary(version: string): Promise<string> {
  if (process.versions.node === version) return process.execPath
  const folder = join(cache, version)
  const binary = join(folder, 'node_modules/node-bin/bin/node')
  if (existsSync(binary)) return binary
  mkdirSync(folder, { recursive: true })
  const name = `node-bin@npm:node-${process.platform}-${process.arch}@${version}`
  await execute('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', name])
  return binary
}
