// The profile tls, held against servers over TLS that are broken on purpose; the command is the built one.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PatchedServer } from '../../../mutants/patched-server.ts'
import type { ServerMutant } from '../../../mutants/server-mutant.ts'
import { OVER_TLS } from '../../../mutants/tls/base.ts'
import { tlsMutants } from '../../../mutants/tls/mutants.ts'
import type { Report } from '../../../src/conformance/report.ts'
import { REQUIREMENTS } from '../../../src/requirements.ts'

const bin = fileURLToPath(new URL('../../../dist/conformance/cli/bin.js', import.meta.url))

/** Several servers at a time: most of what the broken ones do is to keep the suite waiting. */
const LANES = 3

/** The cases for all mutants; those that send many megabytes are for the mutants of their own requirements. */
const QUICK = ['REQ', 'BOD-03', 'BOD-07', 'END', 'RES-25', 'TLS']

const CORRECT = 'does everything right'
const folder = mkdtempSync(join(tmpdir(), 'nsgi-tls-mutants-'))
const reports = new Map<string, Report>()

async function judge(name: string, { breaks, patches }: Partial<ServerMutant>): Promise<void> {
  const server = new PatchedServer([...OVER_TLS, ...(patches ?? [])])
  const file = join(folder, `${name.replaceAll(/\W/g, '-')}.json`)
  const { NODE_OPTIONS: _options, NODE_ENV: _env, ...env } = process.env
  const secure = `${server.command} {cert} {key} {ca}`
  const only = breaks === undefined ? [] : ['--only', [...QUICK, ...breaks].join(',')]
  const args = ['server', '--command', server.command, '--tls-command', secure, '--profile', 'tls', '--report', file]
  await new Promise<void>(resolve => {
    // Its exit code says that something failed, which the report says better.
    execFile(process.execPath, [bin, ...args, ...only], { env }, () => resolve())
  })
  server.dispose()
  reports.set(name, JSON.parse(readFileSync(file, 'utf8')) as Report)
}

beforeAll(async () => {
  const queue = Object.entries<Partial<ServerMutant>>({ [CORRECT]: {}, ...tlsMutants }).values()
  const lane = async (): Promise<void> => {
    for (const [name, mutant] of queue) await judge(name, mutant)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the profile tls', () => {
  it('lets one pass that does everything right', () => {
    const { profiles, verdicts } = reports.get(CORRECT)!
    expect(verdicts.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(profiles).toEqual({ tls: 'conformant' })
  })

  it.each(Object.entries(tlsMutants))('catches one that %s, and blames nothing else', (name, { breaks }) => {
    const failed = reports.get(name)!.verdicts.filter(({ outcome }) => outcome === 'fail')
    const seen = failed.flatMap(({ requirements }) => requirements)
    expect(breaks.filter(id => seen.includes(id))).toEqual(breaks)
    const others = failed.filter(({ requirements }) => !requirements.some(id => breaks.includes(id)))
    expect(others.map(({ id, failure }) => `${id}: ${failure?.message}`)).toEqual([])
  })

  it('has a mutant for each of its MUSTs', () => {
    const broken = new Set(Object.values(tlsMutants).flatMap(({ breaks }) => breaks))
    const musts = REQUIREMENTS.filter(({ feature, level }) => feature === 'tls' && level === 'MUST')
    expect(musts.length).toBeGreaterThan(0)
    expect(musts.filter(({ id }) => !broken.has(id))).toEqual([])
  })
})
