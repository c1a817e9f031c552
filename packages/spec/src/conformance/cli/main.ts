// The command `nsgi-conformance`, without the process around it.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Application } from '../../application.ts'
import { ADAPTER_CASES, type AdapterFixture, runAdapterSuite } from '../adapter/index.ts'
import { APPLICATION_CASES, runApplicationSuite } from '../application/index.ts'
import { MIDDLEWARE_CASES, type MiddlewareUnderTest, runMiddlewareSuite } from '../middleware/index.ts'
import { type Report, type Verdict, withoutTimes } from '../report.ts'
import { formatOf } from '../reports/index.ts'
import { serverCases } from '../server/cases/index.ts'
import { probePath } from '../server/server-process.ts'
import { runServerSuite, selectCases } from '../server/suite.ts'
import { explain, type ListedCase, list } from './explain.ts'
import { type CommandLine, readCommandLine, USAGE, UsageError } from './options.ts'
import { type Output, Terminal } from './terminal.ts'

/** What the command needs of its process. */
export interface Surroundings {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
}

const EVERY_CASE: readonly ListedCase[] = [...serverCases, ...APPLICATION_CASES, ...MIDDLEWARE_CASES, ...ADAPTER_CASES]

/** Runs the command. Resolves to its exit code: 0 nothing failed, 1 something did, 2 the command was not understood. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await carryOut(readCommandLine(args), surroundings)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    surroundings.stderr.write(`${error.message}\nTry "nsgi-conformance --help".\n`)
    return 2
  }
}

async function carryOut(line: CommandLine, surroundings: Surroundings): Promise<number> {
  const { stdout } = surroundings
  switch (line.what) {
    case 'help':
      stdout.write(USAGE)
      return 0
    case 'list':
      stdout.write(list(EVERY_CASE))
      return 0
    case 'probe':
      stdout.write(`${probePath('application')}\n`)
      return 0
    case 'explain': {
      const text = explain(line.argument ?? '', EVERY_CASE)
      if (text === undefined) throw new UsageError(`explain: there is no requirement "${line.argument ?? ''}"`)
      stdout.write(text)
      return 0
    }
    case 'server':
      return server(line, surroundings)
    case 'application':
    case 'middleware':
    case 'adapter':
      return module(line.what, line, surroundings)
    default:
      throw new UsageError(`"${line.what}" is none of server, application, middleware, adapter, list, explain`)
  }
}

async function server(line: CommandLine, surroundings: Surroundings): Promise<number> {
  const { command, tlsCommand, url, probeDirectory, only } = line
  if ((command === undefined) === (url === undefined)) throw new UsageError('server: give --command or --url')
  if (command !== undefined && !(command.includes('{app}') && command.includes('{port}'))) {
    throw new UsageError('--command: {app} and {port} must be in it')
  }
  for (const [option, text, places] of [
    ['--tls-command', tlsCommand, ['{app}', '{port}', '{cert}', '{key}']],
    ['--mount-command', line.mountCommand, ['{app}', '{port}', '{mount}']],
  ] as const) {
    if (text !== undefined && !places.every(place => text.includes(place))) {
      throw new UsageError(`${option}: ${places.slice(0, -1).join(', ')} and ${places.at(-1)} must be in it`)
    }
  }
  if (url !== undefined && probeDirectory === undefined) throw new UsageError('--url: --probe-dir is needed as well')
  const total = someCases(selectCases(serverCases, only).length, only)
  return finish(line, surroundings, total, onVerdict => runServerSuite({ ...line, onVerdict }))
}

/** Tests what a module exports. */
async function module(
  what: 'application' | 'middleware' | 'adapter',
  line: CommandLine,
  surroundings: Surroundings,
): Promise<number> {
  const { argument: subject, exceptions } = line
  if (subject === undefined) throw new UsageError(`${what}: give a file, as ./${what}.js or ./${what}.js:name`)
  const loaded = await load(subject, what)
  switch (what) {
    case 'application':
      return finish(line, surroundings, APPLICATION_CASES.length, onVerdict =>
        runApplicationSuite(loaded as Application, { subject, exceptions, onVerdict }),
      )
    case 'middleware':
      return finish(line, surroundings, MIDDLEWARE_CASES.length, onVerdict =>
        runMiddlewareSuite(loaded as MiddlewareUnderTest, { subject, exceptions, onVerdict }),
      )
    case 'adapter':
      return finish(line, surroundings, ADAPTER_CASES.length, onVerdict =>
        runAdapterSuite(loaded as AdapterFixture, { subject, exceptions, onVerdict }).catch((error: unknown) => {
          throw new UsageError(`adapter: the fixture of ${subject} fails: ${inOneLine(error)}`, { cause: error })
        }),
      )
  }
}

/** `file.js` or `file.js:export`: a function, or the fixture of an adapter. */
async function load(subject: string, what: string): Promise<unknown> {
  const [, file = subject, name = 'default'] = /^(.+?)(?::(\w+))?$/.exec(subject) ?? []
  let module: Record<string, unknown>
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>
  } catch (error) {
    throw new UsageError(`${what}: ${file} cannot be loaded: ${inOneLine(error)}`, { cause: error })
  }
  if (what === 'adapter') {
    // A fixture is an object with `gateway`; a module that exports that by name is one.
    const fixture = [module[name], ...(name === 'default' ? [module] : [])].find(isFixture)
    if (fixture === undefined) throw new UsageError(`adapter: ${file} exports no fixture: it has no function gateway`)
    return fixture
  }
  const found = module[name]
  if (typeof found !== 'function') throw new UsageError(`${what}: the export ${name} of ${file} is no function`)
  return found
}

function isFixture(value: unknown): value is AdapterFixture {
  return typeof value === 'object' && value !== null && typeof (value as AdapterFixture).gateway === 'function'
}

function inOneLine(error: unknown): string {
  return String(error).split('\n', 1)[0] ?? ''
}

function someCases(count: number, only: readonly string[]): number {
  if (count === 0) throw new UsageError(`--only: no case is meant by "${only.join(',')}"`)
  return count
}

// oxlint-disable-next-line max-params -- the last is what differs
async function finish(
  { reports, isWithoutTimes }: CommandLine,
  { stdout, env }: Surroundings,
  total: number,
  run: (onVerdict: (verdict: Verdict) => void) => Promise<Report>,
): Promise<number> {
  const terminal = new Terminal(stdout, { total, env })
  terminal.begin()
  const report = await run(verdict => terminal.verdict(verdict))
  terminal.summary(report)
  const written = isWithoutTimes ? withoutTimes(report) : report
  for (const file of reports) write(file, formatOf(file)?.(written) ?? '')
  return report.result === 'failed' ? 1 : 0
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UsageError(`--report: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
