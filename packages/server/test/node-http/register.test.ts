import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const programs = fileURLToPath(new URL('../fixtures/programs/', import.meta.url))
const PRELOAD = ['--import', '@nsgi/server/http/register']

interface TraceEvent {
  readonly cat: string
  readonly ph: string
  readonly name: string
}

interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, from the built package. */
function run(program: string, flags: readonly string[]): Promise<Finished> {
  const { PATH = '' } = process.env
  return new Promise(resolve => {
    const options = { cwd: programs, env: { PATH }, execArgv: [] }
    execFile(process.execPath, [...flags, program], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

/** What node's trace tells of a program's requests and responses, sorted: beginnings and ends. */
async function traced(program: string, flags: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kirin-trace-'))
  try {
    const pattern = `--trace-event-file-pattern=${folder}/\${pid}.json`
    await run(program, ['--trace-event-categories=node.http', pattern, ...flags])
    const files = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
    const events = files.flatMap(text => (JSON.parse(text) as { traceEvents: readonly TraceEvent[] }).traceEvents)
    return events
      .filter(({ cat }) => cat.includes('node.http'))
      .map(({ ph, name }) => `${ph} ${name}`)
      .sort()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('node --import @nsgi/server/http/register', () => {
  it('has supertest, Express and Koa run on this engine unchanged', async () => {
    const [native, replaced] = await Promise.all([run('supertest.mjs', []), run('supertest.mjs', PRELOAD)])
    expect(native.stderr).toBe('')
    expect(replaced.stderr).toBe('')
    const [head, ...lines] = replaced.stdout.split('\n')
    expect(JSON.parse(head ?? '')).toEqual({ isReplaced: true, same: true })
    const [nativeHead, ...nativeLines] = native.stdout.split('\n')
    expect(JSON.parse(nativeHead ?? '')).toEqual({ isReplaced: false, same: true })
    expect(lines).toEqual(nativeLines)
    expect(lines).toHaveLength(3)
  })

  it("finds node's own server where another preload has put one in its place before", async () => {
    const { stdout, stderr, code } = await run('replaced-before.mjs', [])
    expect([stderr, code]).toEqual(['', 0])
    expect(JSON.parse(stdout)).toEqual({ isReplaced: true, isNodes: true, answer: 'hello' })
  })

  it('has diagnostics, performance entries, asynchronous contexts and domains tell of requests what they tell on node', async () => {
    const [native, replaced] = await Promise.all([run('observed.mjs', []), run('observed.mjs', PRELOAD)])
    expect([native.stderr, native.code]).toEqual(['', 0])
    expect(replaced.stderr).toBe('')
    const lines = replaced.stdout.trim().split('\n')
    expect(lines.map(line => JSON.parse(line))).toEqual(
      native.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    )
    expect(lines).toHaveLength(5)
  })

  // Node's own server cannot be closed then: it looks for the socket of a parser that has none any more.
  it('lets a connection go whose socket was sent to a child', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nchild'
    const stdout = `${JSON.stringify([answer, null, null])}\n`
    expect(await run('sent-away.mjs', PRELOAD)).toEqual({ code: 0, stdout, stderr: '' })
  })

  it("has node's trace tell of the responses that a program makes, and of no other", async () => {
    const [native, replaced] = await Promise.all([traced('supertest.mjs', []), traced('supertest.mjs', PRELOAD)])
    expect(native).toContain('b http.server.request')
    expect(replaced).toEqual(native)
  })

  it('loads no undici before the program does', async () => {
    const [native, replaced] = await Promise.all([run('own-undici.cjs', []), run('own-undici.cjs', PRELOAD)])
    expect(native.stdout).toBe('function false\n')
    expect(replaced).toEqual(native)
  })

  it('has a listener that throws end the program, as node does', async () => {
    const [native, replaced] = await Promise.all([run('throws.mjs', []), run('throws.mjs', PRELOAD)])
    expect(replaced.code).toBe(native.code)
    expect(replaced.code).toBe(1)
    expect(replaced.stderr).toContain('Error: from the listener')
  })

  it('takes nothing more of a connection whose listener threw, in a program that survives that: a body is no request', async () => {
    const [native, replaced] = await Promise.all([run('survives.mjs', []), run('survives.mjs', PRELOAD)])
    expect([native.stderr, native.code]).toEqual(['', 0])
    expect(replaced).toEqual(native)
    expect(native.stdout).not.toContain('/inner')
    expect(native.stdout.match(/HPE_CB_HEADERS_COMPLETE/g)).toHaveLength(4)
  })

  it('leaves the pieces of an upload as they are, whose listener threw in the midst of it', async () => {
    const [native, replaced] = await Promise.all([run('survives-bulk.mjs', []), run('survives-bulk.mjs', PRELOAD)])
    for (const { stdout, stderr } of [native, replaced]) {
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual({ thrown: 1, same: true, pieces: 8 })
    }
  })
})
