// A master that has no file descriptors left, with real processes.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { findProgram } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, startServing } from '../support/kirin-process.ts'

const prlimit = findProgram('prlimit')
const itWithPrlimit = prlimit === undefined ? it.skip : it

/** The hard limit stays what it is, so that the soft one can be raised again. */
const limitDescriptors = (pid: number, soft: number): void => {
  execFileSync(prlimit ?? '', ['--pid', `${pid}`, `--nofile=${soft}:`])
}

describe('a master out of file descriptors', () => {
  itWithPrlimit('says so, lives on, and starts workers and another master again when it has some', async () => {
    const { kirin, origin } = await startServing(['app.mjs'], { cwd: applicationDirectory({ 'app.mjs': HELLO }) })
    const [worker = -1] = kirin.workers()
    limitDescriptors(kirin.pid, 3)
    kirin.signal('SIGUSR2')
    await kirin.line(/Upgrade failed, .*: the new master could not be started: .*EMFILE.*ulimit -n/)
    process.kill(worker, 'SIGKILL')
    await kirin.line(/Worker 0 failed to boot: a worker could not be started: .*EMFILE.*ulimit -n.*; next try in/)
    const mark = kirin.mark()
    limitDescriptors(kirin.pid, 256)
    await kirin.line(/Worker 0 is ready/, mark)
    expect((await get('/', { origin })).body).toBe('hello')
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
