import { describe, expect, it } from '@jest/globals'
import { defineTests, type TestFramework } from '../../../src/conformance/bindings/define-tests.ts'
import { defineApplicationTests, defineServerTests } from '../../../src/conformance/bindings/suites.ts'
import { summarise, type Verdict } from '../../../src/conformance/report.ts'

interface Defined {
  readonly path: readonly string[]
  readonly isSkipped: boolean
  run(): void
}

/** A test framework that only takes down what it is told. */
class Notebook implements TestFramework {
  readonly tests: Defined[] = []
  readonly it: TestFramework['it']
  readonly #path: string[] = []

  constructor() {
    const define =
      (isSkipped: boolean) =>
      (name: string, run: () => void): void => {
        this.tests.push({ path: [...this.#path, name], isSkipped, run })
      }
    this.it = Object.assign(define(false), { skip: define(true) })
  }

  describe(name: string, define: () => void): void {
    this.#path.push(name)
    define()
    this.#path.pop()
  }

  /** A framework's functions are imported one by one. */
  get parts(): TestFramework {
    return { describe: (name, define) => this.describe(name, define), it: this.it }
  }
}

const base = { requirements: ['RES-25'], profile: 'stream', level: 'MUST', duration: 1, title: 'does it' } as const
const seen = Buffer.from('HTTP/1.1 404 Not Found\r\n')
const head = { suite: 'server', subject: 'mine', startedAt: '', duration: 1, claimed: ['stream'] } as const

function define(...verdicts: readonly Verdict[]): readonly Defined[] {
  const notebook = new Notebook()
  defineTests(notebook.parts, summarise(head, verdicts))
  return notebook.tests
}

describe('defineTests', () => {
  it('groups tests by requirement', () => {
    const tests = define(
      { ...base, id: 'RES-25.1', outcome: 'pass' },
      { ...base, id: 'RES-25.2', outcome: 'pass' },
      { ...base, id: 'RES-24.1', requirements: ['RES-24'], level: 'SHOULD', outcome: 'pass' },
    )
    expect(tests.map(({ path }) => path.map(name => name.slice(0, 17)))).toEqual([
      ['NSGI 1.0, server:', 'RES-25 (MUST): Th', 'RES-25.1 does it'],
      ['NSGI 1.0, server:', 'RES-25 (MUST): Th', 'RES-25.2 does it'],
      ['NSGI 1.0, server:', 'RES-24 (SHOULD): ', 'RES-24.1 does it'],
    ])
    for (const test of tests) test.run()
  })

  it('fails with the requirement, what was expected and the bytes that were seen', () => {
    const [test] = define({
      ...base,
      id: 'RES-25.1',
      outcome: 'fail',
      failure: { message: 'the status is 404', expected: '200', seen },
    })
    expect(() => test?.run()).toThrow(
      /^RES-25 \(MUST\): The head goes out.*\nthe status is 404\nexpected\n {2}200\nseen\n {2}HTTP\/1\.1 404 Not Found\\r\\n$/,
    )
  })

  it('skips what was skipped, is excepted or only recommended, and says why', () => {
    const tests = define(
      { ...base, id: 'RES-25.1', outcome: 'skip', reason: 'there is no {socket}' },
      { ...base, id: 'RES-25.2', outcome: 'exception', reason: 'the engine cannot', failure: { message: 'no' } },
      { ...base, id: 'RES-25.3', outcome: 'non-strict', failure: { message: 'it names itself' } },
    )
    expect(tests.map(({ path, isSkipped }) => [path.at(-1), isSkipped])).toEqual([
      ['RES-25.1 does it (skip: there is no {socket})', true],
      ['RES-25.2 does it (exception: the engine cannot)', true],
      ['RES-25.3 does it (non-strict: it names itself)', true],
    ])
  })

  it('leaves out profiles that are not claimed', () => {
    const other = { ...base, id: 'UPG-01.1', requirements: ['UPG-01'], profile: 'upgrade' } as const
    const tests = define({ ...base, id: 'RES-25.1', outcome: 'pass' }, { ...other, outcome: 'skip' })
    expect(tests).toHaveLength(1)
  })

  it('refuses to define nothing', () => {
    expect(() => define()).toThrow('no case of the server suite was chosen')
  })
})

describe('the suites as tests', () => {
  it('fail where the subject does', async () => {
    const notebook = new Notebook()
    const application = (): { status: number; headers: Record<string, string> } => ({
      status: 200,
      headers: { te: 'x' },
    })
    await defineApplicationTests(notebook.parts, { application })
    const failing = notebook.tests.filter(({ run }) => {
      try {
        run()
        return false
      } catch {
        return true
      }
    })
    expect(failing.map(({ path }) => path.at(-1)?.split(' ')[0])).toEqual(['APP-02.1'])
  })

  it('fail each test of a server that does not start', async () => {
    const notebook = new Notebook()
    await defineServerTests(notebook.parts, { command: 'sh -c "exit 3" # {app} {port}', only: ['RES-25'] })
    expect(notebook.tests.length).toBeGreaterThan(0)
    for (const { run } of notebook.tests) expect(run).toThrow(/exit code 3/)
  })
})
