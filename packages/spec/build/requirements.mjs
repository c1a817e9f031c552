// Writes what is generated from spec/requirements.json: packages/spec/src/requirements.generated.ts and the appendix of
// spec/nsgi.md. Run by "pnpm --filter @nsgi/spec run requirements"; a test fails where they are stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const SOURCE = new URL('../../../spec/requirements.json', import.meta.url)
export const MODULE = new URL('../src/requirements.generated.ts', import.meta.url)
export const TEXT = new URL('../../../spec/nsgi.md', import.meta.url)

const BEGIN = '<!-- Generated from requirements.json by "pnpm --filter @nsgi/spec run requirements". Do not edit. -->'
const END = '<!-- End of what is generated. -->'

/** The title of each group of ids, in the order of the appendix. */
const GROUPS = {
  REQ: 'Server: the request',
  BOD: 'Server: the body of a request',
  EXP: 'Server: 100 Continue',
  END: 'Server: how a request ends',
  RES: 'Server: the response',
  UPG: 'Server: upgrade',
  TLS: 'Server: TLS',
  LIF: 'Server: lifespan and workers',
  APP: 'Application',
  MID: 'Middleware',
  ADP: 'Adapter',
}

/** @returns {readonly Record<string, string>[]} */
export function readRequirements() {
  return JSON.parse(readFileSync(SOURCE, 'utf8')).requirements
}

/** The text of the generated module. */
export function requirementsModule(requirements) {
  return `// Generated from spec/requirements.json by "pnpm --filter @nsgi/spec run requirements". Do not edit.
// biome-ignore-all format: generated, a line for each requirement
import type { Requirement } from './requirement.ts'

/** The id of a requirement of NSGI 1.0. */
export type RequirementId =
${requirements.map(({ id }) => `  | '${id}'`).join('\n')}

/** Every requirement of NSGI 1.0, in the order of the ids. */
export const REQUIREMENTS: readonly Requirement[] = [
${requirements.map(({ id, role, level, feature, text, reason }) => `  ${JSON.stringify({ id, role, level, feature, text, reason })},`).join('\n')}
]
`
}

/** The text of the specification with its appendix written anew. */
export function withAppendix(text, requirements) {
  const start = text.indexOf(BEGIN)
  const before = start === -1 ? `${text.trimEnd()}\n\n` : text.slice(0, start)
  return `${before}${BEGIN}\n\n${appendix(requirements)}\n${END}\n`
}

function appendix(requirements) {
  const sections = Object.entries(GROUPS).map(([prefix, title]) => {
    const rows = requirements.filter(({ id }) => id.startsWith(`${prefix}-`))
    return `### ${title}\n\n| id | level | profile | requirement |\n| --- | --- | --- | --- |\n${rows.map(row).join('\n')}\n`
  })
  return `## Appendix: the requirements\n\nOne line for each; why each is there stands in [requirements.json](requirements.json), and behind\n\`nsgi-conformance explain ID\`.\n\n${sections.join('\n')}`
}

function row({ id, level, feature, text }) {
  return `| ${id} | ${level} | ${feature} | ${text.replaceAll('|', '\\|')} |`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const requirements = readRequirements()
  writeFileSync(MODULE, requirementsModule(requirements))
  writeFileSync(TEXT, withAppendix(readFileSync(TEXT, 'utf8'), requirements))
}
