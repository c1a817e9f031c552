import { isRequirementId, REQUIREMENTS, type Requirement, requirement } from '../../requirements.ts'
import type { ConformanceCase } from '../case.ts'

/** What `list` shows of a case. */
export type ListedCase = Pick<ConformanceCase<never>, 'id' | 'title' | 'requirements' | 'profile' | 'level'>

/** Every requirement with its cases, a line each. */
export function list(cases: readonly ListedCase[]): string {
  const lines = REQUIREMENTS.flatMap(({ id, level, feature, text }) => [
    `${id}  ${level}  ${feature}  ${text}`,
    ...casesOf(id, cases).map(line => `  ${line}`),
  ])
  return `${lines.join('\n')}\n`
}

/** A requirement in full, by its id or that of a case; `undefined` where there is none. */
export function explain(id: string, cases: readonly ListedCase[]): string | undefined {
  const wanted = id.toUpperCase().replace(/\.\d+$/, '')
  if (!isRequirementId(wanted)) return undefined
  const { role, level, feature, text, reason }: Requirement = requirement(wanted)
  const own = casesOf(wanted, cases)
  const shown = own.length === 0 ? ['No case shows it yet.'] : ['Shown by', ...own.map(line => `  ${line}`)]
  return `${[`${wanted}: ${level} of a ${role}, profile ${feature}`, '', text, '', `Why: ${reason}`, '', ...shown].join('\n')}\n`
}

function casesOf(id: string, cases: readonly ListedCase[]): readonly string[] {
  return cases
    .filter(({ requirements }) => (requirements as readonly string[]).includes(id))
    .map(({ id, title }) => `${id} ${title}`)
}
