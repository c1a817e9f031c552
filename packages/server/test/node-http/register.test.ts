import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const programs = fileURLToPath(new URL('../fixtures/programs/', import.meta.url))
const PRELOAD = ['--import', '@nsgi/server/http/register']

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
