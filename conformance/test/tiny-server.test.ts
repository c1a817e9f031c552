// The specification is enough to write a server from, and the server stays small: examples/tiny-server, its report beside it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import type { Report } from '@nsgi/spec/conformance'
import { conformanceIn } from './cli-process.ts'

jest.setTimeout(120_000)

const example = fileURLToPath(new URL('../../examples/tiny-server', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'nsgi-tiny-server-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The arguments of `pnpm run report`, so that this is the run that made the report. */
function reportArguments(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(example, 'package.json'), 'utf8')) as { scripts: { report: string } }
  return [...scripts.report.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare).slice(1)
}

describe('examples/tiny-server', () => {
  it('conforms whole, as the report beside it says', async () => {
    const [json, html] = [join(folder, 'report.json'), join(folder, 'report.html')]
    const args = reportArguments().map(argument => (argument === 'report.html' ? html : argument))
    // At every offset it is held against the suite by servers.test.ts.
    const { stdout, stderr } = await conformanceIn(example, ...args, '--cut-every', '60', '--report', json)
    expect(stderr).toBe('')
    const { result, profiles, verdicts } = JSON.parse(readFileSync(json, 'utf8')) as Report
    expect(
      verdicts.filter(({ outcome }) => outcome === 'fail').map(({ id, failure }) => [id, failure?.message]),
    ).toEqual([])
    expect({ result, profiles, stdout }).toMatchObject({
      result: 'conformant',
      profiles: { core: 'conformant', stream: 'conformant', upgrade: 'conformant' },
    })
    // Where this is not so: pnpm --filter tiny-server run report
    expect(readFileSync(html, 'utf8')).toBe(readFileSync(join(example, 'report.html'), 'utf8'))
  })

  it.each([
    ['server.js', 200],
    ['http1.js', 160],
  ])('keeps %s under %i lines', (file, lines) => {
    expect(readFileSync(join(example, file), 'utf8').split('\n').length - 1).toBeLessThan(lines)
  })
})
