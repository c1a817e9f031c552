import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import type { Feature } from '../../requirements.ts'
import { formatOf } from '../reports/index.ts'
import { PROXY_FIELDS, type ProxyField } from '../server/proxy-fields.ts'
import { SERVER_PROFILES } from '../server/suite.ts'

/** The command was not understood; its message is for the person who wrote it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What `--help` shows. */
export const USAGE = `Usage: nsgi-conformance <what> [options]

  server --command '<command>'   test a server; {app} and {port} are replaced, {workers} too
  server --url <url>             test a server that runs already, with --probe-dir
  application <file>[:<export>]  test an application
  middleware <file>[:<export>]   test a middleware: a function from an application to an application
  adapter <file>[:<export>]      test an adapter, by a fixture (docs/writing-an-adapter.md)
  list                           every requirement and the cases that show it
  explain <id>                   one requirement, why it is there, and its cases: explain RES-25

Options of server
  --command <text>       starts the server with the application {app} on 127.0.0.1:{port}; SIGTERM stops it
  --unix-command <text>  the same on the UNIX socket {socket}
  --tls-command <text>   the same over TLS, for the profile tls, with the files {cert} and {key}, and {ca}, where it
                         can ask clients for certificates: kirin {app} --bind 127.0.0.1:{port} --certfile {cert} …
  --limit-command <text> the same with a limit of {limit} bytes for the body of a request, if it can
  --proxy-command <text> the same, believing a proxy on 127.0.0.1, and nobody else, about its clients, if it can
  --proxy-fields <list>  the fields by which it does: x-forwarded-for, x-forwarded-proto, x-forwarded-host, forwarded
                         (default: x-forwarded-for,x-forwarded-proto)
  --mount-command <text> the same, with the application mounted at the path {mount}, if it can
  --reload-signal <name> the signal that makes it reload, if it can: HUP
  --profile <list>       what the server claims: core, stream, prefork, upgrade, tls (default: core,stream)
  --url <url>            http://127.0.0.1:8000, of a server that has loaded the probe (nsgi-conformance probe)
  --probe-dir <path>     the directory that NSGI_PROBE_DIR named when that server was started
  --start-timeout <s>    seconds that a start may take (default: 20)
  --only <list>          ids of cases, requirements or groups: RES-25,BOD
  --jobs <n>             cases that run at a time (default: 6)
  --patience <ms>        without a byte or an event that is due, until a wait fails (default: 5000)
  --cut-every <n>        inputs are cut in two at every n-th offset; 1 is all of them (default: 1)

Options of all
  --exceptions <file>    JSON: cases that may fail, by id, and why
  --report <file>        written as .json, .tap, .xml (JUnit) or .html; may be repeated
  --without-times        reports without what differs at each run: to keep them in a repository

Exit codes: 0 nothing failed, 1 something did, 2 the command was not understood.
`

/** The command line, checked. */
export interface CommandLine {
  readonly what: string
  readonly argument: string | undefined
  readonly command: string | undefined
  readonly unixCommand: string | undefined
  readonly tlsCommand: string | undefined
  readonly limitCommand: string | undefined
  readonly proxyCommand: string | undefined
  readonly proxyFields: readonly ProxyField[] | undefined
  readonly mountCommand: string | undefined
  readonly reloadSignal: NodeJS.Signals | undefined
  readonly profiles: readonly Feature[] | undefined
  readonly url: string | undefined
  readonly probeDirectory: string | undefined
  /** Milliseconds. */
  readonly startTimeout: number | undefined
  readonly jobs: number | undefined
  /** Milliseconds. */
  readonly patience: number | undefined
  readonly cutEvery: number | undefined
  readonly only: readonly string[]
  readonly exceptions: Readonly<Record<string, string>> | undefined
  readonly reports: readonly string[]
  readonly isWithoutTimes: boolean
}

const OPTIONS = {
  command: { type: 'string' },
  'unix-command': { type: 'string' },
  'tls-command': { type: 'string' },
  'limit-command': { type: 'string' },
  'proxy-command': { type: 'string' },
  'proxy-fields': { type: 'string' },
  'mount-command': { type: 'string' },
  'reload-signal': { type: 'string' },
  profile: { type: 'string' },
  url: { type: 'string' },
  'probe-dir': { type: 'string' },
  'start-timeout': { type: 'string' },
  jobs: { type: 'string' },
  patience: { type: 'string' },
  'cut-every': { type: 'string' },
  only: { type: 'string', multiple: true },
  exceptions: { type: 'string' },
  report: { type: 'string', multiple: true },
  'without-times': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Reads the command line.
 *
 * @throws UsageError where it makes no sense
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args)
  const [what = 'help', argument, ...others] = positionals
  if (others.length > 0) throw new UsageError(`what is "${others.join(' ')}" for? (quote commands)`)
  return {
    what: values.help === true ? 'help' : what,
    argument,
    command: values.command,
    unixCommand: values['unix-command'],
    tlsCommand: values['tls-command'],
    limitCommand: values['limit-command'],
    proxyCommand: values['proxy-command'],
    proxyFields: listOf('--proxy-fields', PROXY_FIELDS, values['proxy-fields']),
    mountCommand: values['mount-command'],
    reloadSignal: signalOf(values['reload-signal']),
    profiles: listOf('--profile', SERVER_PROFILES, values.profile),
    url: urlOf(values.url),
    probeDirectory: values['probe-dir'],
    startTimeout: thousandfold(numberOf('--start-timeout', values['start-timeout'])),
    jobs: numberOf('--jobs', values.jobs),
    patience: numberOf('--patience', values.patience),
    cutEvery: numberOf('--cut-every', values['cut-every']),
    only: (values.only ?? []).flatMap(words),
    exceptions: exceptionsOf(values.exceptions),
    reports: (values.report ?? []).map(reportFile),
    isWithoutTimes: values['without-times'] === true,
  }
}

function parse(
  args: readonly string[],
): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function words(list: string): readonly string[] {
  return list.split(/[\s,]+/).filter(word => word !== '')
}

function listOf<Word extends string>(
  option: string,
  known: readonly Word[],
  list: string | undefined,
): readonly Word[] | undefined {
  return list === undefined ? undefined : words(list).map(word => oneOf(option, known, word))
}

function oneOf<Word extends string>(option: string, known: readonly Word[], word: string): Word {
  const found = known.find(one => one === word)
  if (found === undefined) throw new UsageError(`${option}: "${word}" is none of ${known.join(', ')}`)
  return found
}

function signalOf(name: string | undefined): NodeJS.Signals | undefined {
  if (name === undefined) return undefined
  const full = `SIG${name.toUpperCase().replace(/^SIG/, '')}`
  if (!(full in constants.signals)) throw new UsageError(`--reload-signal: there is no signal ${full}`)
  return full as NodeJS.Signals
}

function urlOf(text: string | undefined): string | undefined {
  if (text !== undefined && !(URL.canParse(text) && new URL(text).protocol === 'http:')) {
    throw new UsageError(`--url: "${text}" is no http URL`)
  }
  return text
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (!/^\d{1,6}$/.test(text) || number < 1) throw new UsageError(`${name}: "${text}" is no number from 1`)
  return number
}

function thousandfold(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}

function exceptionsOf(file: string | undefined): Readonly<Record<string, string>> | undefined {
  if (file === undefined) return undefined
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const whole =
      typeof list === 'object' && list !== null && Object.values(list).every(reason => typeof reason === 'string')
    if (!whole) throw new Error('it is no object of strings: { "RES-25.1": "why it may fail" }')
    return list as Readonly<Record<string, string>>
  } catch (error) {
    throw new UsageError(`--exceptions ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

function reportFile(file: string): string {
  if (formatOf(file) === undefined)
    throw new UsageError(`--report: "${file}" does not end in .json, .tap, .xml or .html`)
  return file
}
