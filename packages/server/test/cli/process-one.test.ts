// What a shell does as process 1 for kirin, in a namespace of processes: with every shell that there is here.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import { INIT_SCRIPT, leaveProcessOne } from '../../src/cli/process-one.ts'
import { findProgram, itAsRoot } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, childrenOf, type KirinProcess, startServing, titleOf } from '../support/kirin-process.ts'

/** `/stray` starts a program that leaves a child behind, which ends; everything tells how many zombies there are. */
const APPLICATION = `
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
export default async request => {
  if (request.path === '/stray') {
    const child = spawn('sh', ['-c', '(exec sh -c "exit 0" >&-) & exit 0'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout.resume(), 'end')
  }
  return { status: 200, body: String(readdirSync('/proc').filter(isZombie).length) }
}
function isZombie(pid) {
  try {
    return /^\\d+ \\(.*\\) Z /s.test(readFileSync('/proc/' + pid + '/stat', 'utf8'))
  } catch {
    return false
  }
}
`

const NAMESPACE = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']
const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(([program = '']) => findProgram(program) !== undefined)
const itInNamespaces = findProgram('unshare') === undefined ? it.skip : itAsRoot
const itWithExecve = 'execve' in process ? itInNamespaces : it.skip
const lacking = 'execve' in process ? '' : ' (skipped: this Node has no process.execve)'

/** Process 1 of a kirin that `unshare` has started. */
function processOne(kirin: KirinProcess): number {
  return kirin.workers()[0] ?? 0
}

describe(`process 1${findProgram('unshare') === undefined ? ' (in part skipped: unshare is not installed)' : ''}`, () => {
  for (const shell of SHELLS) {
    itInNamespaces(
      `with ${shell[0]} leaves no zombies, passes signals on, and ends with the exit code of kirin`,
      async () => {
        const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
        const launcher = [...NAMESPACE, ...shell, '-c', INIT_SCRIPT, 'kirin']
        const { kirin, origin } = await startServing(['--log-level', 'debug', 'app.mjs'], { cwd, launcher })
        for (let count = 0; count < 5; count++) await get('/stray', { origin })
        while ((await get('/', { origin })).body !== '0');
        const one = processOne(kirin)
        for (const [signal, line] of [
          ['SIGTTIN', /Number of workers is now 2/],
          ['SIGTTOU', /Number of workers is now 1/],
          ['SIGUSR1', /Reopening the logs/],
          ['SIGHUP', /Reloaded: 1 worker ready/],
          ['SIGWINCH', /Stopping \d workers?, not the master/],
        ] as const) {
          process.kill(one, signal)
          await kirin.line(line)
        }
        process.kill(one, 'SIGTERM')
        expect(await kirin.exited()).toEqual({ code: 0, signal: null })
        await kirin.allGone()
      },
    )

    it(`with ${shell[0]} passes on a signal that comes before the shell knows its child`, () => {
      const script = INIT_SCRIPT.replace('& child=', () => '& kill -TERM $$; child=')
      const [program = '', ...words] = shell
      const { status } = spawnSync(program, [...words, '-c', script, 'kirin', 'sleep', '30'])
      expect(status).toBe(128 + 15)
      const { stderr, ...ended } = spawnSync(program, [...words, '-c', INIT_SCRIPT, 'kirin', 'sh', '-c', 'exit 7'])
      expect([ended.status, String(stderr)]).toEqual([7, ''])
    })

    itInNamespaces(`with ${shell[0]} ends with the exit code of a kirin that cannot start, or was killed`, async () => {
      const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
      const launcher = [...NAMESPACE, ...shell, '-c', INIT_SCRIPT, 'kirin']
      const { kirin } = await startServing(['app.mjs'], { cwd, launcher })
      process.kill(childrenOf(processOne(kirin))[0] ?? 0, 'SIGKILL')
      expect(await kirin.exited()).toEqual({ code: 128 + 9, signal: null })
    })
  }

  itWithExecve(`becomes a shell by itself, and stays kirin with --init off${lacking}`, async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const launcher = [...NAMESPACE, 'sh', '-c', 'exec "$@"', 'sh']
    for (const [init, isShell] of [
      ['auto', true],
      ['off', false],
    ] as const) {
      const { kirin, origin } = await startServing(['--init', init, 'app.mjs'], { cwd, launcher })
      expect(titleOf(processOne(kirin)).startsWith('sh -c')).toBe(isShell)
      await get('/stray', { origin })
      if (isShell) while ((await get('/', { origin })).body !== '0');
      process.kill(processOne(kirin), 'SIGTERM')
      expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    }
  })

  it('is left to kirin where it cannot be left: another process, an older Node, sockets of a service manager', () => {
    const started: string[] = []
    const execve = ((file: string) => started.push(file)) as unknown as () => never
    const one = { pid: 1, execve, environment: {} }
    leaveProcessOne({ init: 'off' }, one)
    leaveProcessOne({ init: 'auto' }, { ...one, pid: 2 })
    leaveProcessOne({ init: 'auto' }, { ...one, execve: undefined })
    leaveProcessOne({ init: 'auto' }, { ...one, environment: { LISTEN_FDS: '1' } })
    expect(started).toEqual([])
    leaveProcessOne({ init: 'auto' }, one)
    expect(started).toEqual(['/bin/sh'])
  })
})
