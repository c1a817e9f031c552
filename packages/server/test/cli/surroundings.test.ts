// Who the processes are, what they inherit, and where what they print goes.
import { chmodSync, existsSync, readFileSync, readlinkSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { accountFor } from '../../src/cli/accounts.ts'
import { itAsRoot } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, runKirin, startKirin, startServing } from '../support/kirin-process.ts'

/** Tells who it is. */
const WHO = `console.log('loaded by', process.getuid())
export default () => {
  console.error('asked')
  const { getuid, getgid, getgroups, env } = process
  return { status: 200, body: JSON.stringify({ uid: getuid(), gid: getgid(), groups: getgroups(), fruit: env.FRUIT, empty: env.EMPTY }) }
}
`

/** A directory that everybody may enter. */
function openDirectory(files: Readonly<Record<string, string>>): string {
  const cwd = applicationDirectory(files)
  chmodSync(cwd, 0o755)
  return cwd
}

describe('--user and --group', () => {
  itAsRoot(
    'make workers somebody else before they load the application, without root’s groups; files go with them',
    async () => {
      const cwd = openDirectory({ 'app.mjs': WHO })
      const logs = ['--access-logfile', 'access.log', '--log-file', 'error.log']
      const kirin = startKirin(['-b', 'unix:k.sock', '-u', 'nobody', '-g', '65533', '-m', '007', ...logs, 'app.mjs'], {
        cwd,
      })
      await kirin.line(/loaded by 65534/)
      const socketPath = join(cwd, 'k.sock')
      const said = await eventually(() => get('/', { socketPath }))
      expect(JSON.parse(said.body)).toMatchObject({ uid: 65_534, gid: 65_533, groups: [65_533] })
      const ownership = (file: string) => {
        const { uid, gid, mode } = statSync(join(cwd, file))
        return { uid, gid, mode: mode & 0o777 }
      }
      expect(ownership('k.sock')).toEqual({ uid: 65_534, gid: 65_533, mode: 0o770 })
      for (const file of ['access.log', 'error.log'])
        expect(ownership(file)).toMatchObject({ uid: 65_534, gid: 65_533 })
      renameSync(join(cwd, 'access.log'), join(cwd, 'access.old'))
      kirin.signal('SIGUSR1')
      // The account may not make files here: the master has made it.
      await eventually(async () => {
        await get('/again', { socketPath })
        expect(readFileSync(join(cwd, 'access.log'), 'utf8')).toContain('/again')
      })
      expect(ownership('access.log')).toMatchObject({ uid: 65_534, gid: 65_533 })
      kirin.signal('SIGTERM')
      expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    },
  )

  itAsRoot('take the user’s own group, and its other groups with --initgroups', async () => {
    const cwd = openDirectory({ 'app.mjs': WHO })
    const { origin } = await startServing(['--user', 'nobody', '--initgroups', 'app.mjs'], { cwd })
    const { uid, gid } = JSON.parse((await get('/', { origin })).body) as { uid: number; gid: number }
    expect({ uid, gid }).toEqual({ uid: 65_534, gid: 65_534 })
  })

  it.each([
    [['--user', 'no-such-user'], 'kirin: --user: there is no user no-such-user\n'],
    [['--group', 'no-such-group'], 'kirin: --group: there is no group no-such-group\n'],
  ])('%j: one line, exit code 1', async (args, stderr) => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    expect(await runKirin([...args, 'app.mjs'], { cwd })).toMatchObject({ code: 1, stderr })
  })

  it('are for root alone, but who one is already', () => {
    const own = { uid: 1000, gid: 1000 }
    const wish = { user: null, group: null, initgroups: false }
    expect(accountFor({ ...wish, user: '1000' }, own)).toEqual({ account: null })
    expect(accountFor({ ...wish, group: '1000' }, own)).toEqual({ account: null })
    const problem = (flag: string) => ({
      problem: `${flag}: only root can become somebody else; start Kirin as root, or without it`,
    })
    expect(accountFor({ ...wish, user: '1001' }, own)).toEqual(problem('--user'))
    expect(accountFor({ ...wish, group: '0' }, own)).toEqual(problem('--group'))
    expect(accountFor({ ...wish, user: '1001', group: '0' }, { uid: 0, gid: 0 })).toEqual({
      account: { uid: 1001, gid: 0, groupsOf: null },
    })
  })
})

describe('--env', () => {
  it('adds variables to the environment of the application', async () => {
    const cwd = applicationDirectory({ 'app.mjs': WHO })
    const { origin } = await startServing(['-e', 'FRUIT=plum=ripe', '--env', 'EMPTY=', 'app.mjs'], { cwd })
    expect(JSON.parse((await get('/', { origin })).body)).toMatchObject({ fruit: 'plum=ripe', empty: '' })
  })

  it('takes no name without a value', async () => {
    expect(await runKirin(['-e', 'FRUIT', 'app.mjs'])).toMatchObject({
      code: 1,
      stderr: 'kirin: --env: expected a name, = and a value, got "FRUIT" (command line)\n',
    })
  })
})

describe('--capture-output', () => {
  it('writes what the application prints to the log, also after its rotation', async () => {
    const cwd = applicationDirectory({ 'app.mjs': WHO })
    const kirin = startKirin(['-b', 'unix:k.sock', '--capture-output', '--log-file', 'error.log', 'app.mjs'], { cwd })
    const log = (file = 'error.log') => readFileSync(join(cwd, file), 'utf8')
    const socketPath = join(cwd, 'k.sock')
    await eventually(() => get('/', { socketPath }))
    expect(log()).toMatch(/^loaded by \d+$/m)
    expect(log()).toMatch(/^asked$/m)
    renameSync(join(cwd, 'error.log'), join(cwd, 'error.old'))
    kirin.signal('SIGUSR1')
    await eventually(async () => {
      await get('/', { socketPath })
      expect(log()).toMatch(/^asked$/m)
    })
    expect(kirin.stdout + kirin.stderr).toBe('')
  })

  it('makes objects of it in a log of JSON', async () => {
    const cwd = applicationDirectory({ 'app.mjs': WHO })
    const { kirin } = await startServing(['--capture-output', '--log-format', 'json', 'app.mjs'], { cwd })
    const [line] = await kirin.line(/^.*loaded by.*$/)
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      output: 'stdout',
      msg: expect.stringMatching(/^loaded by/),
    })
    expect(kirin.stdout).toBe('')
  })
})

describe('--daemon', () => {
  it('returns when the first worker is ready, and leaves a master without a terminal', async () => {
    const cwd = applicationDirectory({ 'app.mjs': WHO })
    const started = await runKirin(
      ['--daemon', '-b', 'unix:k.sock', '-p', 'k.pid', '--log-file', 'error.log', 'app.mjs'],
      { cwd },
    )
    expect(started).toEqual({ code: 0, stdout: '', stderr: '' })
    const pid = Number(readFileSync(join(cwd, 'k.pid'), 'utf8'))
    try {
      expect((await get('/', { socketPath: join(cwd, 'k.sock') })).status).toBe(200)
      const [, , , group, session, terminal] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/\(.*\)/, '')
        .split(/ +/)
      expect({ group: Number(group), session: Number(session), terminal }).toEqual({
        group: pid,
        session: pid,
        terminal: '0',
      })
      expect([0, 1, 2].map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`))).toEqual(Array(3).fill('/dev/null'))
    } finally {
      process.kill(pid, 'SIGTERM')
    }
    await eventually(() => expect(existsSync(join(cwd, 'k.pid'))).toBe(false))
    expect(readFileSync(join(cwd, 'error.log'), 'utf8')).toMatch(/Stopped: /)
  })

  it('enters a relative --chdir once', async () => {
    const site = applicationDirectory({ 'app.mjs': WHO })
    const words = [
      '-D',
      '--chdir',
      basename(site),
      '-b',
      'unix:k.sock',
      '-p',
      'k.pid',
      '--log-file',
      'error.log',
      'app.mjs',
    ]
    const started = await runKirin(words, { cwd: dirname(site) })
    expect(started).toEqual({ code: 0, stdout: '', stderr: '' })
    process.kill(Number(readFileSync(join(site, 'k.pid'), 'utf8')), 'SIGTERM')
    await eventually(() => expect(existsSync(join(site, 'k.pid'))).toBe(false))
  })

  it('tells why it does not serve, with the exit code of the server', async () => {
    const cwd = applicationDirectory({ 'app.mjs': 'throw new Error("not today")' })
    const { code, stderr } = await runKirin(['-D', '-b', '127.0.0.1:0', 'app.mjs'], { cwd })
    expect(code).toBe(4)
    expect(stderr).toMatch(/\[FATAL\] app\.mjs threw while it was loaded: Error: not today/)
  })

  it('tells what is wrong with its settings', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    expect(await runKirin(['-D', '-u', 'no-such-user', 'app.mjs'], { cwd })).toMatchObject({
      code: 1,
      stderr: 'kirin: --user: there is no user no-such-user\n',
    })
  })
})

/** Tries again until it succeeds; the test's own time-out is the bound. */
async function eventually<T>(attempt: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch {
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}
