// Runs all scenarios in a process of its own, as `pnpm --filter @nsgi/ecosystems run run` does, and compares them with the page that a run on
// all versions of Node has written.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { cellOf, rowNameOf } from '../src/page.ts'
import type { RunResult } from '../src/result.ts'

const page = readFileSync(new URL('../../docs/ecosystems.md', import.meta.url), 'utf8')
/** The lines of the matrix, cut into cells: the head, and a row for each scenario. */
const [head = [], , ...rows] = (page.split('\n## ')[0] ?? '')
  .split('\n')
  .filter(line => line.startsWith('| '))
  .map(line => line.slice(2, -2).split(' | '))

async function runAll(): Promise<readonly RunResult[]> {
  const script = fileURLToPath(new URL('../dist/run.js', import.meta.url))
  // Not told where to write coverage: it would be that of the libraries.
  const child = spawn(process.execPath, [script, '--json'], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const results: RunResult[] = []
  for await (const line of createInterface({ input: child.stdout })) results.push(JSON.parse(line) as RunResult)
  await exited
  return results
}

const results = await runAll()

describe('natively and through the adapters', () => {
  it('there is something to compare', () => {
    expect(results.length).toBeGreaterThan(80)
  })

  it.each(results.map(result => [`${result.title} on ${result.framework}`, result] as const))('%s', (_name, result) => {
    expect(result.failures).toEqual([])
  })
})

describe('docs/ecosystems.md; if not, run "pnpm --filter @nsgi/ecosystems run matrix"', () => {
  it('has the scenarios that there are', () => {
    expect(rows.map(([packages, application]) => `${packages} | ${application}`)).toEqual(results.map(rowNameOf))
  })

  it('says of this version of Node what comes out on it', () => {
    const column = head.indexOf(`Node ${process.versions.node.split('.')[0]}`)
    // Written on the versions that are supported: nothing is said of another.
    if (column < 0) return
    expect(rows.map(row => row[column])).toEqual(results.map(cellOf))
  })
})
