// What a person sees: progress while it runs, each failure with what there is to look at, a summary.
import { styleText } from 'node:util'
import type { Failure, Outcome, Report, Result, Verdict } from '../report.ts'
import { failureText } from '../reports/failure-text.ts'

/** How often the same failure is shown: of a server that does not start every case says so. */
const MOST_REPEATS = 2

/** Where it is written to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

type Style = Parameters<typeof styleText>[0]

const SIGNS: Readonly<Record<Outcome, readonly [sign: string, style: Style]>> = {
  pass: ['✔', 'green'],
  fail: ['✘', 'red'],
  skip: ['-', 'gray'],
  'non-strict': ['!', 'yellow'],
  exception: ['~', 'yellow'],
}

const RESULTS: Readonly<Record<Result, Style>> = { conformant: 'green', partial: 'yellow', failed: 'red' }

/** Writes a run to a terminal or a log. */
export class Terminal {
  readonly #output: Output
  readonly #colour: boolean
  readonly #total: number
  readonly #shown = new Map<string, number>()
  #done = 0
  #failed = 0

  /** @param options `total`: how many cases there are; `env`: looked at for NO_COLOR */
  constructor(output: Output, { total, env }: { readonly total: number; readonly env: NodeJS.ProcessEnv }) {
    this.#output = output
    this.#total = total
    this.#colour = output.isTTY === true && (env['NO_COLOR'] ?? '') === ''
  }

  /** The first case may take as long as its subject takes to start. */
  begin(): void {
    if (this.#output.isTTY === true) this.#output.write(this.#paint('gray', `0 of ${this.#total}  starting`))
  }

  /** One case is over. */
  verdict(verdict: Verdict): void {
    this.#done += 1
    this.#clear()
    if (verdict.outcome === 'fail') this.#failed += 1
    if (verdict.failure !== undefined) this.#show(verdict, verdict.failure)
    if (this.#output.isTTY === true && this.#done < this.#total) {
      const failed = this.#failed === 0 ? '' : `, ${this.#failed} failed`
      this.#output.write(this.#paint('gray', `${this.#done} of ${this.#total}${failed}  ${verdict.id}`))
    }
  }

  /** All is over. */
  summary(report: Report): void {
    this.#clear()
    for (const [message, times] of this.#shown) {
      if (times <= MOST_REPEATS) continue
      this.#line(`${this.#sign('fail')} and ${times - MOST_REPEATS} more cases: ${message.split('\n', 1)[0] ?? ''}`)
    }
    const skipped = report.verdicts.filter(
      ({ outcome, profile }) => outcome === 'skip' && report.claimed.includes(profile),
    )
    for (const { id, title, reason = '' } of skipped) this.#line(`${this.#sign('skip')} ${id} ${title}: ${reason}`)
    for (const [profile, result] of Object.entries(report.profiles)) {
      const own = report.verdicts.filter(verdict => verdict.profile === profile)
      const passed = own.filter(({ outcome }) => outcome === 'pass').length
      this.#line(
        `${profile.padEnd(12)} ${this.#paint(RESULTS[result], result.padEnd(10))} ${passed} of ${own.length} cases pass`,
      )
    }
    const unclaimed = new Set(report.verdicts.map(({ profile }) => profile).filter(it => !report.claimed.includes(it)))
    if (unclaimed.size > 0) this.#line(this.#paint('gray', `not claimed  ${[...unclaimed].join(', ')}`))
    const seconds = (report.duration / 1000).toFixed(1)
    this.#line(`${this.#paint(RESULTS[report.result], report.result)}: ${counted(report)} in ${seconds} s`)
  }

  #show(verdict: Verdict, failure: Failure): void {
    if (verdict.outcome === 'exception') {
      for (const line of this.#failure(verdict, failure)) this.#line(line)
      return
    }
    const times = (this.#shown.get(failure.message) ?? 0) + 1
    this.#shown.set(failure.message, times)
    if (times <= MOST_REPEATS) for (const line of this.#failure(verdict, failure)) this.#line(line)
  }

  #failure(verdict: Verdict, failure: Failure): readonly string[] {
    const { id, title, outcome, reason } = verdict
    const lines = [`${this.#sign(outcome)} ${this.#paint('bold', `${id} ${title}`)}`]
    if (outcome === 'exception') return [...lines, `    ${reason ?? ''} (${failure.message})`]
    lines.push(...failureText(verdict, text => this.#paint('gray', text)).map(line => `    ${line}`))
    return [...lines, '']
  }

  #sign(outcome: Outcome): string {
    const [sign, style] = SIGNS[outcome]
    return this.#paint(style, sign)
  }

  #line(text: string): void {
    this.#output.write(`${text}\n`)
  }

  #clear(): void {
    if (this.#output.isTTY === true) this.#output.write('\r\u001b[2K')
  }

  #paint(style: Style, text: string): string {
    return this.#colour ? styleText(style, text) : text
  }
}

function counted({ counts, verdicts, claimed }: Report): string {
  const words: Readonly<Record<Outcome, string>> = {
    pass: 'passed',
    fail: 'failed',
    skip: 'skipped',
    'non-strict': 'non-strict',
    exception: 'excepted',
  }
  const unclaimed = verdicts.filter(({ profile }) => !claimed.includes(profile)).length
  const parts = (Object.keys(words) as Outcome[]).flatMap(outcome =>
    counts[outcome] > 0 ? [`${counts[outcome]} ${words[outcome]}`] : [],
  )
  return [...parts, ...(unclaimed > 0 ? [`${unclaimed} of them not claimed`] : [])].join(', ')
}
