// Every snippet of docs/implementing-a-server.md is run. Its server.js is Kirin here, and inputs are cut in two at some offsets only: at all
// of them Kirin is run by servers.test.ts.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { CLI } from './commands.ts'

jest.setTimeout(120_000)

const SOME_CUTS = 60

const here = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(here, '../docs/implementing-a-server.md'), 'utf8')
const kirinBin = join(here, '../packages/server/dist/cli/bin.js')

// Within this package, so that its dependencies are found.
const folder = mkdtempSync(join(here, 'snippets-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const added = { 'nsgi-conformance': `test "$1" = server && set -- "$@" --cut-every ${SOME_CUTS}\n`, kirin: '' }
for (const [name, bin] of [
  ['nsgi-conformance', CLI],
  ['kirin', kirinBin],
] as const) {
  writeFileSync(join(folder, name), `#!/bin/sh\n${added[name]}exec '${process.execPath}' '${bin}' "$@"\n`, {
    mode: 0o755,
  })
}
writeFileSync(
  join(folder, 'server.js'),
  `const [app, port] = process.argv.slice(2)
process.argv.splice(2, 2, app, '--bind', '127.0.0.1:' + port)
await import(${JSON.stringify(kirinBin)})
`,
)
const { PATH = '', HOME = '' } = process.env
const options = { cwd: folder, env: { HOME, PATH: `${folder}${delimiter}${PATH}` } }
const run = promisify(execFile)

const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text)

// A command that exits with another code than 0 rejects here.
describe('docs/implementing-a-server.md', () => {
  const commands = blocks('sh').flatMap(text => text.trim().split('\n'))

  it('has commands to run', () => {
    expect(commands.length).toBeGreaterThan(3)
  })

  it.each(commands)('shows a command that succeeds: %s', async command => {
    const { stdout } = await run('sh', ['-c', command], options)
    expect(stdout).toMatch(command.includes(' explain ') ? /^Why: /m : /^(?:conformant|partial): \d+ passed/m)
  })

  it('shows tests that pass', async () => {
    const [text = ''] = blocks('js')
    const file = join(folder, 'server.test.js')
    const command = "'node server.js {app} {port}'"
    expect(text).toContain(command)
    writeFileSync(file, text.replace(command, `${command}, cutEvery: ${SOME_CUTS}`))
    const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', file], options)
    const [, passed = 0] = /^# pass (\d+)$/m.exec(stdout) ?? []
    expect(Number(passed)).toBeGreaterThan(100)
    expect(stdout).toMatch(/^# fail 0$/m)
  })

  it('shows a list of exceptions that is JSON', () => {
    const [text = ''] = blocks('json')
    expect(Object.values(JSON.parse(text) as object)).toEqual([expect.any(String)])
  })
})
