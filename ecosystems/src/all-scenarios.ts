// The files in scenarios/, each one scenario, and what they are run on.
import { readdirSync, readFileSync } from 'node:fs'
import { frameworkPackage } from './frameworks.ts'
import type { FrameworkId, Scenario } from './scenario.ts'

const folder = new URL('../scenarios/', import.meta.url)

/** A scenario on one framework. */
export interface Run {
  readonly file: string
  readonly scenario: Scenario
  readonly framework: FrameworkId
}

/** Loads the scenarios whose file or framework contains one of the words; all of them without any. */
export async function allRuns(words: readonly string[] = []): Promise<readonly Run[]> {
  const files = readdirSync(folder).filter(file => file.endsWith('.mjs'))
  const runs: Run[] = []
  for (const file of files.sort()) {
    if (words.length > 0 && !words.some(word => file.includes(word))) continue
    const { scenario } = (await import(new URL(file, folder).href)) as { scenario: Scenario }
    runs.push(...scenario.frameworks.map(framework => ({ file, scenario, framework })))
  }
  return runs
}

/** The packages that a run is about, with the versions that are installed: `helmet 8.3.0`. */
export function packagesOf({ scenario, framework }: Run): readonly string[] {
  const { packages } = scenario
  const names: readonly string[] = Array.isArray(packages)
    ? packages
    : ((packages as Readonly<Partial<Record<FrameworkId, readonly string[]>>>)[framework] ?? [])
  return names.map(versioned)
}

/** A framework's version as it is installed; empty for plain handlers. */
export function frameworkVersion(id: FrameworkId): string {
  const name = frameworkPackage(id)
  return name === undefined ? '' : (versioned(name).split(' ')[1] ?? '')
}

function versioned(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  const { name: own, version } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string }
  return `${own} ${version}`
}
