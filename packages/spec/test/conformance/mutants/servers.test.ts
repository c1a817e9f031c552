// Each mutant runs under the built command, as an implementer would run it, with the cases of what it breaks.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { casesAgainst } from '../../../mutants/matrix.ts'
import { PatchedServer } from '../../../mutants/patched-server.ts'
import { SERVER_SURVIVORS } from '../../../mutants/server-survivors.ts'
import { serverMutants } from '../../../mutants/servers.ts'
import type { Report } from '../../../src/conformance/report.ts'
import { REQUIREMENTS, requirement } from '../../../src/requirements.ts'

const bin = fileURLToPath(new URL('../../../dist/conformance/cli/bin.js', import.meta.url))

/** Several mutants at a time: most of what they do is to wait for an answer that never comes. */
const LANES = 4

let folder: string
const reports = new Map<string, Report>()

/** Resolves when the command has printed its last line; the report follows in the same turn. */
async function summary(output: Readable): Promise<void> {
  let text = ''
  for await (const piece of output) {
    text += String(piece)
    if (/^(?:failed|partial|conformant): .* passed/m.test(text)) return
  }
}

async function written(file: string): Promise<Report> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Report
    } catch (error) {
      if (attempt > 1000) throw error
      await new Promise(resolve => setImmediate(resolve))
    }
  }
}

async function judge(name: string): Promise<void> {
  const { breaks, patches } = serverMutants[name]!
  const server = new PatchedServer(patches)
  const file = join(folder, `${reports.size}-${name.replaceAll(/\W/g, '-')}.json`)
  const { NODE_OPTIONS: _options, NODE_ENV: _env, ...env } = process.env
  const args = ['server', '--command', server.command, '--profile', 'core,stream,upgrade', '--only', breaks.join(',')]
  try {
    const child = spawn(process.execPath, [bin, ...args, '--report', file], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const exit = once(child, 'exit')
    reports.set(
      name,
      await Promise.race([summary(child.stdout).then(() => written(file)), exit.then(() => written(file))]),
    )
    // The report is all that is wanted: what a broken server still keeps waiting is not waited for.
    child.kill('SIGKILL')
    await exit
  } finally {
    server.dispose()
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nsgi-mutants-'))
  const names = Object.keys(serverMutants).values()
  const lane = async (): Promise<void> => {
    for (const name of names) await judge(name)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}, 400_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the server suite', () => {
  it.each(Object.entries(serverMutants))('catches one that %s', (name, { breaks }) => {
    const caughtBy = casesAgainst(reports.get(name)!)
    const seen = new Set(caughtBy.map(id => id.split('.')[0]))
    expect(breaks.filter(id => seen.has(id))).toEqual(breaks)
  })

  it('has a mutant for every MUST but those that are listed, with reasons, as survivors', () => {
    const broken = new Set(Object.values(serverMutants).flatMap(({ breaks }) => breaks))
    // Those of the profile tls have a file of their own.
    const musts = REQUIREMENTS.filter(
      ({ role, level, feature }) => role === 'server' && level === 'MUST' && feature !== 'tls',
    )
    expect(musts.map(({ id }) => id).filter(id => !broken.has(id))).toEqual(Object.keys(SERVER_SURVIVORS))
    for (const id of broken) expect(requirement(id).role).toBe('server')
  })
})
