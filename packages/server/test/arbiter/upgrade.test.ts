// A second master beside the first, with real processes: nobody is turned away, and either may be told to stop.
import { closeSync, existsSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, type KirinProcess, startKirin } from '../support/kirin-process.ts'

const version = (name: string): string => `export default () => ({ status: 200, body: '${name}' })\n`

/** Answers when there is a file `go-on`. */
const SLOW = `
  import { existsSync, writeFileSync } from 'node:fs'
  export default async () => {
    writeFileSync('begun', '')
    while (!existsSync('go-on')) await new Promise(resolve => setTimeout(resolve, 10))
    return { status: 200, body: 'slow' }
  }
`

/** Whose worker answers. */
const TELLS_ITS_MASTER = `export default () => ({ status: 200, body: String(process.ppid) })\n`

/** New masters that a test has started through an old one: the first may end before them. */
const masters = new Set<number>()
afterEach(() => {
  for (const pid of masters) kill(pid)
  masters.clear()
})

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

/** A kirin that serves on a TCP and on a UNIX socket, with a file for its process id. */
async function serve(...args: readonly string[]) {
  const cwd = applicationDirectory({ 'app.mjs': version('one') })
  const words = ['-b', '127.0.0.1:0', '-b', 'unix:kirin.sock', '--pid', 'kirin.pid', ...args, 'app.mjs']
  const kirin = startKirin(words, { cwd })
  const [, origin = ''] = await kirin.line(/Listening at (http:\S+), unix:kirin.sock/)
  const pidIn = (file: string): number => Number(readFileSync(join(cwd, file), 'utf8'))
  return {
    kirin,
    cwd,
    socketPath: join(cwd, 'kirin.sock'),
    answers: async () => [
      (await get('/', { origin })).body,
      (await get('/', { socketPath: join(cwd, 'kirin.sock') })).body,
    ],
    deploy: (source: string) => writeFileSync(join(cwd, 'app.mjs'), source),
    pidIn,
    has: (file: string) => existsSync(join(cwd, file)),
    /** Sends USR2 and waits for what this one says when the new one serves. */
    upgrade: async (kirinLine = /The new master serves/) => {
      const mark = kirin.mark()
      kirin.signal('SIGUSR2')
      await kirin.line(kirinLine, mark)
      const pid = pidIn('kirin.pid')
      masters.add(pid)
      return { pid, mark }
    },
  }
}

/** Waits until a process that is no child of this one has gone: its output ends with that of the last. */
const goneWith = (kirin: KirinProcess) => kirin.allGone()

describe('USR2', () => {
  it('starts a master with the same sockets; TERM to the old one finishes the upgrade', async () => {
    const { kirin, answers, deploy, pidIn, has, upgrade } = await serve()
    expect(await answers()).toEqual(['one', 'one'])
    deploy(version('two'))
    const { pid, mark } = await upgrade()
    expect(pid).not.toBe(kirin.pid)
    expect(pidIn('kirin.pid.oldbin')).toBe(kirin.pid)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect([has('kirin.pid.oldbin'), has('kirin.sock')]).toEqual([false, true])
    expect(await answers()).toEqual(['two', 'two'])
    process.kill(pid, 'SIGTERM')
    await goneWith(kirin)
    expect(kirin.stderr.slice(mark)).toMatch(new RegExp(`\\[${pid}\\] \\[INFO\\] Stopped`))
    expect([has('kirin.pid'), has('kirin.sock')]).toEqual([false, false])
  })

  it('starts it without the variables of --env: what its configuration does not name any more is gone', async () => {
    const config = (...rawEnv: readonly string[]) => `export default ${JSON.stringify({ app: 'app.mjs', rawEnv })}`
    const cwd = applicationDirectory({
      'app.mjs': `const { FRUIT, TREE, SOIL } = process.env; export default () => ({ status: 200, body: [FRUIT, TREE, SOIL].join() })`,
      'kirin.config.mjs': config('FRUIT=apple', 'TREE=tall', 'SOIL=wet'),
    })
    const env = { TREE: 'small', SOIL: 'dry' }
    const kirin = startKirin(['-b', '127.0.0.1:0'], { cwd, env })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+)/)
    expect((await get('/', { origin })).body).toBe('apple,tall,wet')
    writeFileSync(join(cwd, 'kirin.config.mjs'), config('SOIL=soft'))
    kirin.signal('SIGUSR2')
    await kirin.line(/The new master serves/)
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect((await get('/', { origin })).body).toBe(',small,soft')
  })

  it('is undone by TERM to the new master, and may be tried again', async () => {
    const { kirin, answers, deploy, pidIn, has, upgrade } = await serve()
    deploy(version('two'))
    const { pid } = await upgrade()
    kirin.signal('SIGUSR2')
    await kirin.line(/USR2 ignored: a new master runs already/)
    process.kill(pid, 'SIGTERM')
    await kirin.line(/The new master exited with code 0: the upgrade is undone, this one goes on/)
    expect(await answers()).toEqual(['one', 'one'])
    expect([pidIn('kirin.pid'), has('kirin.pid.oldbin')]).toEqual([kirin.pid, false])
    const second = await upgrade()
    expect(second.pid).not.toBe(pid)
  })

  it('leaves the old master its pid file when the new one is killed, also where somebody had removed it before', async () => {
    const { kirin, answers, cwd, pidIn, has, upgrade } = await serve()
    rmSync(join(cwd, 'kirin.pid'))
    const { pid } = await upgrade()
    expect(pid).not.toBe(kirin.pid)
    process.kill(pid, 'SIGKILL')
    await kirin.line(/The new master was killed by SIGKILL: the upgrade is undone, this one goes on/)
    expect(await answers()).toEqual(['one', 'one'])
    expect([pidIn('kirin.pid'), has('kirin.pid.oldbin')]).toEqual([kirin.pid, false])
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(has('kirin.pid')).toBe(false)
  })

  it('changes nothing when the new version does not boot', async () => {
    const { kirin, answers, deploy, pidIn, upgrade } = await serve()
    deploy(`throw new Error('broken on purpose')\n`)
    await upgrade(/Upgrade failed, this master and its workers go on: the new master exited with code 4/)
    expect(kirin.stderr).toMatch(/FATAL\] app\.mjs threw while it was loaded: Error: broken on purpose/)
    expect(await answers()).toEqual(['one', 'one'])
    expect(pidIn('kirin.pid')).toBe(kirin.pid)
    deploy(version('two'))
    await upgrade()
  })

  it('leaves no socket file behind when the new master ends while the old one stops', async () => {
    const { kirin, deploy, has, cwd, socketPath, upgrade } = await serve('--log-level', 'debug')
    deploy(SLOW)
    kirin.signal('SIGHUP')
    // Until then the old one may take who comes.
    await kirin.line(/Worker 0 \(pid \d+\) exited with code 0/)
    const answer = get('/', { socketPath })
    while (!has('begun')) await new Promise(resolve => setImmediate(resolve))
    const { pid, mark } = await upgrade()
    kirin.signal('SIGTERM')
    await kirin.line(/Stopping/, mark)
    process.kill(pid, 'SIGTERM')
    await kirin.line(/The new master .*, and this one stops as it was told to/, mark)
    writeFileSync(join(cwd, 'go-on'), '')
    expect((await answer).body).toBe('slow')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await goneWith(kirin)
    expect([has('kirin.sock'), has('kirin.pid'), has('kirin.pid.oldbin')]).toEqual([false, false, false])
  })

  it('leaves the old master its socket file when the new one cannot have all that it wants', async () => {
    const config = (...bind: readonly string[]) => `export default ${JSON.stringify({ app: 'app.mjs', bind })}`
    const cwd = applicationDirectory({ 'app.mjs': version('one'), 'kirin.config.mjs': config('unix:kirin.sock') })
    const kirin = startKirin([], { cwd })
    await kirin.line(/Listening at unix:kirin.sock/)
    writeFileSync(join(cwd, 'kirin.config.mjs'), config('unix:kirin.sock', '192.0.2.1:0'))
    kirin.signal('SIGUSR2')
    await kirin.line(/Upgrade failed, this master and its workers go on: the new master exited with code 2/)
    expect(kirin.stderr).toMatch(/FATAL\] cannot listen on 192\.0\.2\.1:0/)
    expect((await get('/', { socketPath: join(cwd, 'kirin.sock') })).body).toBe('one')
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(existsSync(join(cwd, 'kirin.sock'))).toBe(false)
  })

  describe('with an address that one of the two masters gives up', () => {
    /** Two masters at a.sock and b.sock, and what a HUP to either makes of that. */
    const serveTwice = async () => {
      const config = (...bind: readonly string[]) =>
        `export default ${JSON.stringify({ app: 'app.mjs', pid: 'kirin.pid', bind: bind.map(name => `unix:${name}`) })}`
      const cwd = applicationDirectory({ 'app.mjs': TELLS_ITS_MASTER, 'kirin.config.mjs': config('a.sock', 'b.sock') })
      const kirin = startKirin([], { cwd })
      await kirin.line(/Listening at unix:a.sock, unix:b.sock/)
      kirin.signal('SIGUSR2')
      await kirin.line(/The new master serves/)
      const pid = Number(readFileSync(join(cwd, 'kirin.pid'), 'utf8'))
      masters.add(pid)
      return {
        kirin,
        pid,
        has: (file: string) => existsSync(join(cwd, file)),
        answer: async (file: string) => Number((await get('/', { socketPath: join(cwd, file) })).body),
        /** Workers that have been replaced may still take somebody for a moment. */
        untilAnsweredBy: async (master: number, file: string) => {
          while (Number((await get('/', { socketPath: join(cwd, file) })).body) !== master);
        },
        rebind: async (master: number, ...bind: readonly string[]) => {
          const mark = kirin.mark()
          writeFileSync(join(cwd, 'kirin.config.mjs'), config(...bind))
          process.kill(master, 'SIGHUP')
          await kirin.line(new RegExp(`\\[${master}\\] .*Reloaded`), mark)
        },
      }
    }

    it('leaves its file to the old one, gives it up once more when that ends, and may take it back', async () => {
      const { kirin, pid, has, answer, untilAnsweredBy, rebind } = await serveTwice()
      await rebind(pid, 'a.sock')
      await untilAnsweredBy(kirin.pid, 'b.sock')
      await rebind(pid, 'a.sock', 'b.sock', 'c.sock')
      expect(await answer('c.sock')).toBe(pid)
      await rebind(pid, 'a.sock', 'c.sock')
      kirin.signal('SIGTERM')
      expect(await kirin.exited()).toEqual({ code: 0, signal: null })
      while (has('b.sock')) await new Promise(resolve => setImmediate(resolve))
      expect([await answer('a.sock'), await answer('c.sock')]).toEqual([pid, pid])
      process.kill(pid, 'SIGTERM')
      await goneWith(kirin)
      expect(['a.sock', 'c.sock'].map(has)).toEqual([false, false])
    })

    it('leaves the old one’s files where they are when it ends, but not what it has bound itself', async () => {
      const { kirin, pid, has, answer, rebind } = await serveTwice()
      await rebind(pid, 'a.sock', 'c.sock')
      process.kill(pid, 'SIGTERM')
      await kirin.line(/the upgrade is undone, this one goes on/)
      expect(has('c.sock')).toBe(false)
      expect([await answer('a.sock'), await answer('b.sock')]).toEqual([kirin.pid, kirin.pid])
    })

    it('leaves its file to the new one, and removes it when that ends', async () => {
      const { kirin, pid, has, answer, untilAnsweredBy, rebind } = await serveTwice()
      await rebind(kirin.pid, 'a.sock')
      await untilAnsweredBy(pid, 'b.sock')
      process.kill(pid, 'SIGTERM')
      await kirin.line(/the upgrade is undone, this one goes on/)
      expect(await answer('a.sock')).toBe(kirin.pid)
      while (has('b.sock')) await new Promise(resolve => setImmediate(resolve))
    })
  })

  it('changes nothing while somebody writes the program that it would run', async () => {
    const cwd = applicationDirectory({ 'app.mjs': version('one') })
    const program = join(cwd, 'node')
    symlinkSync(process.execPath, program)
    const words = ['-b', 'unix:kirin.sock', '--pid', 'kirin.pid', 'app.mjs']
    // In the place of the node that the tests start.
    const kirin = startKirin(words, { cwd, launcher: ['sh', '-c', 'shift; exec ./node "$@"', 'sh'] })
    await kirin.line(/Listening at unix:kirin.sock/)
    rmSync(program)
    const file = openSync(program, 'w', 0o755)
    kirin.signal('SIGUSR2')
    await kirin.line(/Upgrade failed, .*: the new master could not be started: spawn ETXTBSY: .*try again/)
    expect((await get('/', { socketPath: join(cwd, 'kirin.sock') })).body).toBe('one')
    expect(readFileSync(join(cwd, 'kirin.pid'), 'utf8')).toBe(`${kirin.pid}\n`)
    closeSync(file)
    rmSync(program)
    symlinkSync(process.execPath, program)
    kirin.signal('SIGUSR2')
    await kirin.line(/The new master serves/)
    masters.add(Number(readFileSync(join(cwd, 'kirin.pid'), 'utf8')))
  })

  it('has the old master retire by itself with --upgrade-auto; WINCH leaves a master without workers', async () => {
    const { kirin, answers, deploy, upgrade } = await serve('--upgrade-auto', '-w', '2')
    deploy(version('two'))
    const { pid, mark } = await upgrade(/The new master serves: this one retires/)
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(await answers()).toEqual(['two', 'two'])
    process.kill(pid, 'SIGWINCH')
    await kirin.line(/Stopping 2 workers, not the master/, mark)
    const late = answers()
    process.kill(pid, 'SIGHUP')
    expect(await late).toEqual(['two', 'two'])
  })
})

describe('WINCH', () => {
  it('leaves a master that waits for HUP or TTIN, also when nothing else keeps its event loop going', async () => {
    const { kirin, answers } = await serve('--log-level', 'debug')
    kirin.signal('SIGWINCH')
    await kirin.line(/Worker 0 \(pid \d+\) exited with code 0/)
    // One that goes away for want of work may still hear the first.
    for (let count = 0; count < 2; count++) {
      const mark = kirin.mark()
      kirin.signal('SIGUSR1')
      await kirin.line(/Reopening the logs/, mark)
    }
    kirin.signal('SIGTTIN')
    expect(await answers()).toEqual(['one', 'one'])
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
