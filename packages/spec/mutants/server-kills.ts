import { readFileSync } from 'node:fs'

/** Which cases of the whole suite notice which broken server: these, and no others. Written by `pnpm run mutants`. */
export const KILLS_FILE: URL = new URL('./server-kills.json', import.meta.url)

/** The cases by name of the mutant; those of the profile tls stand under names that begin with `tls: `. */
export function serverKills(): Readonly<Record<string, readonly string[]>> {
  return JSON.parse(readFileSync(KILLS_FILE, 'utf8')) as Record<string, readonly string[]>
}

/** The text of the file. */
export function killsText(kills: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(kills).map(([name, cases]) => `  ${JSON.stringify(name)}: ${caseList(cases)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

function caseList(cases: readonly string[]): string {
  return `[${cases.map(id => JSON.stringify(id)).join(', ')}]`
}
