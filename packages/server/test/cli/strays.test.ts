import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { zombiesOf } from '../../src/cli/strays.ts'
import { findProgram, itAsRoot } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, childrenOf, HELLO, startServing } from '../support/kirin-process.ts'

const itInNamespaces = findProgram('unshare') === undefined ? it.skip : itAsRoot

describe('zombiesOf', () => {
  it('counts children that have ended and that nobody waits for', async () => {
    // The shell becomes a program that knows nothing of the children it has; the pipe is closed by the last of those.
    const parent = spawn('sh', ['-c', 'sh -c "exit 0" & sh -c "exit 0" & exec sleep 60 >&-'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(parent.stdout.resume(), 'end')
    while (zombiesOf(parent.pid as number) < 2) await new Promise(resolve => setImmediate(resolve))
    expect(zombiesOf(parent.pid as number)).toBe(2)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    expect(zombiesOf(parent.pid as number)).toBe(0)
  })
})

describe('kirin as process 1', () => {
  itInNamespaces('serves, replaces workers that die, and stops at TERM with exit code 0', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const launcher = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', 'sh', '-c', 'exec "$@"', 'sh']
    const { kirin, origin } = await startServing(['--init', 'off', 'app.mjs'], { cwd, launcher })
    await kirin.line(/\[1\] \[INFO\] Listening/)
    expect((await get('/', { origin })).status).toBe(200)
    const [master] = kirin.workers()
    const [worker] = childrenOf(master as number)
    const mark = kirin.mark()
    process.kill(worker as number, 'SIGKILL')
    await kirin.line(/was killed by SIGKILL; a new one starts/, mark)
    await kirin.line(/Worker 0 is ready/, mark)
    process.kill(master as number, 'SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).toMatch(/\[1\] \[INFO\] Stopped: /)
  })
})
