// The whole server suite against the servers of the README's matrix, as anybody would run it. With NSGI_MATRIX=write the reports
// of this run become those of docs/conformance, and the table of the README is made from them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import type { Report } from '@nsgi/spec/conformance'
import { conformanceIn } from './cli-process.ts'
import { ROOT } from './commands.ts'
import { argumentsFor, type ListedServer, SERVERS } from './matrix/servers.ts'
import { generatedPart, matrixTable, withGeneratedPart } from './matrix/table.ts'

// Hundreds of exchanges and a dozen starts of a server; nothing here depends on how long they take.
jest.setTimeout(240_000)

/** Of each wait that has to come to something, in milliseconds: this machine has other tests to run, and a start of two workers took seconds. */
const PATIENCE = '15000'

const isWriting = process.env['NSGI_MATRIX'] === 'write'
const README = join(ROOT, 'README.md')
const folder = mkdtempSync(join(tmpdir(), 'nsgi-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where the report of a server is kept. */
const keptAt = ({ name }: ListedServer): string => join(ROOT, 'docs/conformance', `${name}.json`)
const read = (file: string): Report => JSON.parse(readFileSync(file, 'utf8')) as Report
const fresh = new Map<string, Promise<Report>>()

/** The report of a run, which is made once: each test can be run by itself. */
function reportOf(server: ListedServer): Promise<Report> {
  const report = fresh.get(server.name) ?? run(server)
  fresh.set(server.name, report)
  return report
}

async function run(server: ListedServer): Promise<Report> {
  const file = join(folder, `${server.name}.json`)
  const cuts = isWriting ? [] : ['--cut-every', String(server.cutEvery ?? 1)]
  const more = ['--patience', PATIENCE, ...cuts, '--without-times', '--report', file]
  const { stderr } = await conformanceIn(ROOT, ...argumentsFor(server), ...more)
  expect(stderr).toBe('')
  const report = read(file)
  if (isWriting) writeFileSync(keptAt(server), readFileSync(file))
  return report
}

/** What a report says, without what differs from run to run. */
const essence = ({ profiles, verdicts }: Report): object => ({
  profiles,
  verdicts: verdicts.map(({ id, outcome, reason }) => `${id} ${outcome}${reason === undefined ? '' : `: ${reason}`}`),
})

describe.each(SERVERS.map(server => [server.name, server] as const))('%s', (_name, server) => {
  const { missing, exceptions, profiles } = server
  const whereItIs = missing === undefined ? it : it.skip
  const notRun = missing === undefined ? '' : ` (skipped: ${missing})`

  whereItIs(`conforms in what it claims, but for exceptions that are named and still needed${notRun}`, async () => {
    const report = await reportOf(server)
    const failed = report.verdicts.filter(({ outcome }) => outcome === 'fail' || outcome === 'non-strict')
    expect(failed.map(({ id, failure }) => `${id}: ${failure?.message}`)).toEqual([])
    const listed = exceptions === undefined ? {} : (JSON.parse(readFileSync(join(ROOT, exceptions), 'utf8')) as object)
    const excepted = report.verdicts.filter(({ outcome }) => outcome === 'exception')
    expect(Object.fromEntries(excepted.map(({ id, reason }) => [id, reason]))).toEqual(listed)
    expect(Object.keys(report.profiles)).toEqual(profiles)
    expect(report.result).toBe(exceptions === undefined ? 'conformant' : 'partial')
  })

  whereItIs(`has the report in docs/conformance that it deserves${notRun}`, async () => {
    expect(essence(read(keptAt(server)))).toEqual(essence(await reportOf(server)))
  })
})

describe("the README's matrix", () => {
  it('is that of these reports', () => {
    // Which were written by the tests before, if they are.
    const table = matrixTable(SERVERS.map(server => [server, read(keptAt(server))] as const))
    if (isWriting) writeFileSync(README, withGeneratedPart(readFileSync(README, 'utf8'), table))
    expect(generatedPart(readFileSync(README, 'utf8'))).toBe(table)
  })

  it('stands on reports that name no machine', () => {
    for (const server of SERVERS) expect(readFileSync(keptAt(server), 'utf8')).not.toMatch(/\/home\/|\/tmp\/|\/root\//)
  })
})
