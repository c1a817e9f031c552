// docs/writing-an-adapter.md and docs/writing-an-application.md are run as they stand there, with the packages as built.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const run = promisify(execFile)
const bin = join(root, 'packages/spec/dist/conformance/cli/bin.js')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsgi-docs-'))
  await mkdir(join(folder, 'node_modules/@nsgi'), { recursive: true })
  for (const name of ['spec', 'adapters-node']) {
    await symlink(join(root, 'packages', name), join(folder, 'node_modules/@nsgi', name))
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** How many cases there are of a group of requirements; `list` has one more line of a case for each further requirement of it. */
async function casesOf(group: string): Promise<number> {
  const { stdout } = await run(process.execPath, [bin, 'list'], { env: {} })
  return new Set(stdout.match(new RegExp(`^ {2}${group}-\\d+\\.\\d+`, 'gm'))).size
}

/** `ℹ pass 3`, as node prints it at the end. */
function countsOf(stdout: string): Readonly<Record<string, number>> {
  return Object.fromEntries([...stdout.matchAll(/^\W+(\w+) (\d+)$/gm)].map(([, name, count]) => [name, Number(count)]))
}

/** Writes the files of a document, each a block that begins with its name; gives their names. */
async function filesOf(document: string): Promise<string[]> {
  const markdown = await readFile(join(root, document), 'utf8')
  const blocks = [...markdown.matchAll(/^```js\n(\/\/ (\S+)\n[^]*?)^```$/gm)]
  for (const [, code, name] of blocks) await writeFile(join(folder, name as string), code as string)
  return blocks.map(([, , name]) => name as string)
}

describe('docs/writing-an-adapter.md', () => {
  it('takes its adapter to a green suite', async () => {
    expect(await filesOf('docs/writing-an-adapter.md')).toEqual(['routes.js', 'fixture.js', 'adapter.test.js'])
    const { stdout } = await run(process.execPath, ['--test', 'adapter.test.js'], { cwd: folder, env: {} })
    expect(countsOf(stdout)).toMatchObject({ fail: 0, skipped: 0, pass: await casesOf('ADP') })
  }, 30_000)
})

describe('docs/writing-an-application.md', () => {
  it('takes its application to a green suite', async () => {
    expect(await filesOf('docs/writing-an-application.md')).toEqual(['app.js', 'app.test.js', 'conformance.test.js'])
    const tests = ['--test', 'app.test.js', 'conformance.test.js']
    const { stdout } = await run(process.execPath, tests, { cwd: folder, env: {} })
    // Three of its own, and the cases.
    expect(countsOf(stdout)).toMatchObject({ fail: 0, skipped: 0, pass: 3 + (await casesOf('APP')) })
    const command = await run(process.execPath, [bin, 'application', './app.js'], { cwd: folder, env: {} })
    expect(command.stdout).toContain('conformant')
  }, 60_000)
})
