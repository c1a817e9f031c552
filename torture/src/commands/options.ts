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

/** Reads the command line. Throws for what it does not know. */
export function readOptions(args: readonly string[]): TortureOptions {
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
    },
  })
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
