// What every level of `npm run torture` may be told.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface TortureOptions {
  /** Which levels, in order; all of them if none is named. */
  readonly levels: readonly string[]
  /** Names everything random; the same seed gives the same cases. */
  readonly seed: number
  /** Where each level stops, whichever comes first; the level's own bound where it is undefined. */
  readonly seconds: number | undefined
  readonly cases: number | undefined
  /** The first case. */
  readonly from: number
  /** Where the parser level writes down how far it came, and goes on from. */
  readonly state: string | undefined
  /** Where findings go. */
  readonly findings: string
}

/** What the command line may say. */
export const USAGE: string = `Usage: npm run torture -- [LEVEL ...] [--seed N] [--seconds N] [--cases N] [--from N] [--state FILE] [--findings DIRECTORY]`

/** Reads the command line; `undefined` if help is asked for. Throws for what it does not know, and for levels that are not among these. */
export function readOptions(args: readonly string[], levels: readonly string[]): TortureOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      cases: { type: 'string' },
      from: { type: 'string', default: '0' },
      state: { type: 'string' },
      findings: { type: 'string', default: 'torture/findings' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const unknown = positionals.find(name => !levels.includes(name))
  if (unknown !== undefined) throw new Error(`there is no level ${unknown}, but ${levels.join(', ')}`)
  return {
    levels: positionals,
    seed: wholeNumber('seed', values.seed),
    seconds: values.seconds === undefined ? undefined : wholeNumber('seconds', values.seconds),
    cases: values.cases === undefined ? undefined : wholeNumber('cases', values.cases),
    from: wholeNumber('from', values.from),
    state: values.state === undefined ? undefined : resolve(values.state),
    findings: resolve(values.findings),
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} takes a whole number, not ${text}`)
  return Number(text)
}
