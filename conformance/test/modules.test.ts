// nsgi-conformance application, middleware and adapter: what they are given is a module.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { conformanceIn, type Finished } from './cli-process.ts'

jest.setTimeout(120_000)

// Within this package, so that its dependencies are found.
const folder = mkdtempSync(fileURLToPath(new URL('../modules-', import.meta.url)))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const page = readFileSync(new URL('../../docs/writing-an-adapter.md', import.meta.url), 'utf8')

/** A snippet of the page, by the name in its first line. */
function snippet(name: string): string {
  const found = [...page.matchAll(/^```js\n([^]*?)^```/gm)].find(([, text = '']) => text.startsWith(`// ${name}\n`))
  return found?.[1] ?? ''
}

const FILES: Readonly<Record<string, string>> = {
  'application.js': `export default () => ({ status: 200, headers: {}, body: 'hello' })
export const wrong = () => ({ status: 200, headers: { 'content-length': '9' }, body: 'hello' })
export const text = 'hello'
export const failing = () => {
  throw new Error('no database')
}
`,
  'middleware.js': `import { wrap } from '@nsgi/spec/middleware'
export default application => wrap(application, (request, context, next) => next())
export const forgetful = application => async (request, context) => {
  const { finished, ...response } = await application(request, context)
  return response
}
export const absent = () => undefined
export const broken = () => {
  throw new Error('no middleware today')
}
`,
  'routes.js': snippet('routes.js'),
  'fixture.js': snippet('fixture.js'),
  'eager.js': snippet('fixture.js').replace("['finish', 'close']", "['finish', 'finish', 'close']"),
  'failing.js': "export default { gateway() { throw new Error('nothing to listen on\\nmore of it') } }\n",
  'throws.js': "throw new Error('first line\\nsecond line')\n",
  'unfinished.js': 'export default (\n',
}
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)

const run = (...args: readonly string[]): Promise<Finished> => conformanceIn(folder, ...args)

describe('nsgi-conformance', () => {
  it.each([
    ['application', './application.js'],
    ['middleware', './middleware.js'],
    ['adapter', './fixture.js'],
  ])('passes an %s that keeps the contract', async (what, file) => {
    const { code, stdout, stderr } = await run(what, file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(`^${what} +conformant (\\d+) of \\1 cases pass\\nconformant: \\d+ passed in `, 'm'),
    )
  })

  it.each([
    ['application', './application.js:wrong', 'APP-03'],
    ['middleware', './middleware.js:forgetful', 'MID-04'],
    ['adapter', './eager.js', 'ADP-02'],
  ])('says of an %s which requirement it breaks', async (what, file, id) => {
    const { code, stdout, stderr } = await run(what, file)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^✘ ${id}\\.\\d .+\\n {4}${id} \\(MUST\\): .+\\n {4}\\S`, 'm'))
    expect(stdout).toMatch(/^failed: \d+ passed, \d+ failed/m)
  })

  it('says it once where every case fails alike, and shows no frame of its own', async () => {
    const { code, stdout } = await run('middleware', './middleware.js:broken')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {4}Error: no middleware today\n +at .*middleware\.js:\d+/m)
    expect(stdout).toMatch(/^✘ and \d+ more cases: Error: no middleware today$/m)
    expect(stdout).not.toMatch(/runner\.js|node:internal/)
  })

  it('shows what was expected and seen once', async () => {
    const { stdout } = await run('middleware', './middleware.js:forgetful')
    expect(stdout).toMatch(/expected 1, saw 0/)
    expect(stdout).not.toMatch(/^ +expected$/m)
  })

  it('does not pass an application that answers nothing', async () => {
    const { code, stdout } = await run('application', './application.js:failing')
    expect(code).toBe(1)
    expect(stdout).toMatch(/the application answers none of the suite's requests: Error: no database/)
  })

  it('says so where a middleware gives no application', async () => {
    const { code, stdout } = await run('middleware', './middleware.js:absent')
    expect(code).toBe(1)
    expect(stdout).toMatch(/the middleware gave no application/)
  })

  it.each([
    ['no file', ['middleware'], /middleware: give a file, as \.\/middleware\.js/],
    ['a file that is not there', ['adapter', './no.js'], /adapter: \.\/no\.js cannot be loaded/],
    ['a file that throws', ['application', './throws.js'], /throws\.js cannot be loaded: Error: first line$/m],
    ['a file that is no JavaScript', ['application', './unfinished.js'], /cannot be loaded: SyntaxError/],
    ['an export that is not there', ['application', './application.js:nope'], /the export nope of .* is no function/],
    ['an export of another kind', ['middleware', './application.js:text'], /the export text of .* is no function/],
    ['an adapter without a fixture', ['adapter', './application.js'], /exports no fixture: it has no function gateway/],
    ['a fixture that fails', ['adapter', './failing.js'], /the fixture of .* fails: Error: nothing to listen on$/m],
    ['exceptions that are no list', ['application', './application.js', '--exceptions', 'routes.js'], /--exceptions/],
  ])('exits with 2 and one line for %s', async (_name, args, words) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(words)
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
  })
})
