// The whole server suite against the servers of this repository, as anybody would run it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import type { Report } from '@nsgi/spec/conformance'
import { conformance } from './cli-process.ts'
import { kirin, toNode } from './commands.ts'

// Hundreds of exchanges and a dozen starts of a server; nothing here depends on how long they take.
jest.setTimeout(240_000)

const folder = mkdtempSync(join(tmpdir(), 'nsgi-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const EXCEPTIONS = fileURLToPath(new URL('../exceptions/to-node.json', import.meta.url))

async function reportOf(
  name: string,
  ...args: readonly string[]
): Promise<{ readonly report: Report; readonly stdout: string }> {
  const file = join(folder, `${name}.json`)
  const { stdout, stderr } = await conformance('server', ...args, '--report', file)
  expect(stderr).toBe('')
  return { report: JSON.parse(readFileSync(file, 'utf8')) as Report, stdout }
}

const failures = ({ verdicts }: Report): readonly string[] =>
  verdicts.flatMap(({ id, outcome, failure }) => (outcome === 'fail' ? [`${id}: ${failure?.message}`] : []))

describe('kirin', () => {
  it('conforms in every profile that it claims', async () => {
    const { command, unixCommand, tlsCommand } = kirin
    const commands = ['--command', command, '--unix-command', unixCommand, '--tls-command', tlsCommand]
    const { report } = await reportOf('kirin', ...commands, '--profile', 'core,stream,prefork,upgrade,tls')
    expect(failures(report)).toEqual([])
    expect(report.profiles).toEqual({
      core: 'conformant',
      stream: 'conformant',
      prefork: 'conformant',
      upgrade: 'conformant',
      tls: 'conformant',
    })
    expect(report.counts['non-strict']).toBe(0)
  })
})

describe('toNode over node:http', () => {
  it('conforms but for the exceptions that are named, each of which is still needed', async () => {
    const { command, unixCommand, tlsCommand } = toNode
    const commands = ['--command', command, '--unix-command', unixCommand, '--tls-command', tlsCommand]
    const profiles = ['--profile', 'core,stream,tls']
    const { report } = await reportOf('to-node', ...commands, ...profiles, '--exceptions', EXCEPTIONS)
    expect(failures(report)).toEqual([])
    const listed = JSON.parse(readFileSync(EXCEPTIONS, 'utf8')) as Readonly<Record<string, string>>
    const excepted = report.verdicts.filter(({ outcome }) => outcome === 'exception')
    expect(Object.fromEntries(excepted.map(({ id, reason }) => [id, reason]))).toEqual(listed)
    expect(report.result).toBe('partial')
  })
})
