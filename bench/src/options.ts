// The command line of `npm run bench`.
import { parseArgs } from 'node:util'
import type { Effort } from './comparison.ts'
import type { Words } from './selection.ts'

export interface Options extends Words {
  /** Names of suites. */
  readonly suites: readonly string[]
  readonly effort: Effort
  /** Whether the figures go into docs/performance.md. */
  readonly write: boolean
}

/** How it is called, with these suites. */
export function usage(suites: readonly string[]): string {
  return `Usage: npm run bench -- [SUITE ...] [--rounds N] [--seconds N] [--precision RATIO] [--only WORD] [--group WORD] [--write]
Suites: ${suites.join(', ')}, all; bench/README.md tells of them.`
}

/** Takes the names of all suites, of which the first is meant when none is named. Throws for what it does not know; `undefined` if help is asked for. */
export function readOptions(args: readonly string[], suites: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      precision: { type: 'string' },
      only: { type: 'string', default: '' },
      group: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const unknown = positionals.find(name => name !== 'all' && !suites.includes(name))
  if (unknown !== undefined) throw new Error(`there is no suite ${unknown}`)
  if (values.write && values.group !== '') throw new Error('--write takes all groups of a suite, not those of --group')
  const named = positionals.length === 0 ? suites.slice(0, 1) : positionals
  return {
    suites: named.includes('all') ? suites : named,
    effort: {
      rounds: positive('rounds', values.rounds),
      seconds: positive('seconds', values.seconds),
      precision: values.precision === undefined ? undefined : fraction('precision', values.precision),
    },
    only: values.only,
    group: values.group,
    write: values.write,
  }
}

function positive(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a whole number above 0, not ${text}`)
  return Number(text)
}

function fraction(name: string, text: string): number {
  if (!/^0?\.\d*[1-9]\d*$/.test(text)) throw new Error(`--${name} takes a number between 0 and 1, not ${text}`)
  return Number(text)
}
