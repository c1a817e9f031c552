import type { Report } from '@nsgi/spec/conformance'
import type { Feature } from '@nsgi/spec/requirements'
import type { ListedServer } from './servers.ts'

/** The profiles of the table, a column each. */
const COLUMNS: readonly Feature[] = ['core', 'stream', 'prefork', 'upgrade', 'tls']

const BEGIN =
  '<!-- Generated from docs/conformance by "pnpm --filter @nsgi/conformance-runs run matrix". Do not edit. -->'
const END = '<!-- End of what is generated. -->'

/** What is between the marks of a page. */
export function generatedPart(page: string): string {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim()
}

/** A page with that part written anew. */
export function withGeneratedPart(page: string, part: string): string {
  return `${page.slice(0, page.indexOf(BEGIN))}${BEGIN}\n\n${part}\n\n${page.slice(page.indexOf(END))}`
}

/** Servers and profiles: how many cases of each pass, and how many exceptions have a name. */
export function matrixTable(servers: readonly (readonly [ListedServer, Report])[]): string {
  const head = [`| server | ${COLUMNS.join(' | ')} | exceptions |`, `| --- |${' --- |'.repeat(COLUMNS.length + 1)}`]
  const rows = servers.map(([server, report]) => {
    const cells = COLUMNS.map(profile => cell(report, profile))
    return `| ${server.title} ([report](docs/conformance/${server.name}.json)) | ${cells.join(' | ')} | ${exceptions(server, report)} |`
  })
  return [...head, ...rows].join('\n')
}

function cell({ profiles, verdicts }: Report, profile: Feature): string {
  const result = profiles[profile]
  if (result === undefined) return '–'
  const own = verdicts.filter(verdict => verdict.profile === profile)
  const passed = own.filter(({ outcome }) => outcome === 'pass').length
  return result === 'conformant' ? `**conformant**, ${passed}` : `${result}, ${passed} of ${own.length}`
}

function exceptions({ exceptions: list }: ListedServer, { counts }: Report): string {
  return list === undefined ? 'none' : `[${counts.exception}](${list})`
}
