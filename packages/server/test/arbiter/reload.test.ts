// Workers replaced while they serve, with real processes: nobody notices but by what they get.
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { Pool } from 'undici'
import { get, openGet } from '../support/http-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

/** Says its version; `/stream` goes on until the worker drains. */
const version = (name: string): string => `
export default (request, context) => ({ status: 200, body: request.path === '/stream' ? stream(context) : '${name}' })
async function* stream(context) {
  yield '${name} begins, '
  await new Promise(resolve => context.draining.addEventListener('abort', resolve))
  yield '${name} ends'
}
`
/** Told with it: that a worker has gone. Until then it may answer who connected before it heard that it is to go. */
const DEBUG = ['--log-level', 'debug']
const BOTH_GONE = /exited with code 0[^]*exited with code 0/

const BROKEN = `throw new Error('broken on purpose')\n`

/** A directory whose application can be exchanged. */
function deployment(): { cwd: string; deploy: (source: string) => void } {
  const cwd = applicationDirectory({ 'app.mjs': version('one') })
  return { cwd, deploy: source => writeFileSync(join(cwd, 'app.mjs'), source) }
}

/** Sixteen clients that ask without a pause, a quarter of the requests on connections of their own; each failure is thrown. */
class Load {
  readonly #pool: Pool
  readonly #clients: Promise<unknown>
  readonly #answers: string[] = []
  #over = false

  constructor(origin: string) {
    this.#pool = new Pool(origin, { connections: 16, pipelining: 1 })
    this.#clients = Promise.all(Array.from({ length: 16 }, (_, index) => this.#ask(index % 4 === 0)))
  }

  /** Waits for something while all goes well. */
  async until(event: Promise<unknown>): Promise<void> {
    await Promise.race([event, this.#clients])
  }

  /** The bodies of all answers. */
  async end(): Promise<readonly string[]> {
    this.#over = true
    await this.#clients
    await this.#pool.close()
    return this.#answers
  }

  async #ask(reset: boolean): Promise<void> {
    while (!this.#over) {
      // POST: undici sends no such request twice.
      const { body } = await this.#pool.request({ path: '/', method: 'POST', body: 'some', reset })
      this.#answers.push(await body.text())
    }
  }
}

describe('--max-requests', () => {
  it('has a worker replaced before it goes, and costs no request', async () => {
    const { cwd } = deployment()
    const args = ['-w', '2', '--max-requests', '40', '--max-requests-jitter', '10', 'app.mjs']
    const { kirin, origin } = await startServing(args, { cwd })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const load = new Load(origin)
    await load.until(
      kirin.line(/Worker \d \(pid \d+\) has served (?:4\d|50) requests \(--max-requests\): a new one takes its place/),
    )
    const seen = kirin.mark()
    await load.until(kirin.line(/is ready[^]*is ready/, seen))
    expect(new Set(await load.end())).toEqual(new Set(['one']))
    expect(kirin.stderr).not.toMatch(/WARN|ERROR/)
  })
})

describe('--max-memory', () => {
  it('has a worker that has grown replaced before it goes', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `const kept = []
export default request => {
  if (request.path === '/grow') kept.push(Buffer.alloc(200 * 2 ** 20, 1))
  return { status: 200, body: String(process.pid) }
}`,
    })
    const { kirin, origin } = await startServing(['--max-memory', '200M', ...DEBUG, 'app.mjs'], { cwd })
    const old = (await get('/', { origin })).body
    const mark = kirin.mark()
    await get('/grow', { origin })
    await kirin.line(
      new RegExp(`Worker 0 \\(pid ${old}\\) has grown to \\d+ MB \\(--max-memory\\): a new one takes its place`),
      mark,
    )
    const [, successor] = await kirin.line(/Worker 1 is ready \(pid (\d+)\)/, mark)
    await kirin.line(new RegExp(`Worker 0 \\(pid ${old}\\) exited with code 0`), mark)
    expect((await get('/', { origin })).body).toBe(successor)
  })
})

describe('HUP', () => {
  it('loads the application anew, and what ran before ends in peace', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', ...DEBUG, 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const stream = await openGet('/stream', { origin })
    deploy(version('two'))
    kirin.signal('SIGHUP')
    await kirin.line(/Reloading: new workers take the place of 2 workers, one by one/)
    await kirin.line(/Reloaded: 2 workers ready/)
    expect(await text(stream)).toBe('one begins, one ends')
    await kirin.line(BOTH_GONE)
    expect((await get('/', { origin })).body).toBe('two')
    expect(kirin.workers()).toHaveLength(2)
  })

  it('leaves the old workers in service when the new version does not boot, until one does', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', ...DEBUG, 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const old = kirin.workers()
    deploy(BROKEN)
    kirin.signal('SIGHUP')
    await kirin.line(
      /ERROR\] Reload failed, the old workers go on \(2\): app\.mjs threw while it was loaded: Error: broken on purpose/,
    )
    expect(kirin.workers()).toEqual(old)
    expect((await get('/', { origin })).body).toBe('one')
    deploy(version('two'))
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 2 workers ready/)
    await kirin.line(BOTH_GONE)
    expect((await get('/', { origin })).body).toBe('two')
  })

  it('follows PWD, the name by which somebody went to the working directory, to where it leads now', async () => {
    const cwd = applicationDirectory({
      'r1/app.mjs': version('one'),
      'r2/app.mjs': version('two'),
      'r3/app.mjs': 'throw new Error("not this one")',
    })
    const current = join(cwd, 'current')
    const point = (to: string): void => {
      symlinkSync(to, `${current}.new`)
      renameSync(`${current}.new`, current)
    }
    point('r1')
    const { kirin, origin } = await startServing([...DEBUG, 'app.mjs'], { cwd: current, env: { PWD: current } })
    expect((await get('/', { origin })).body).toBe('one')
    point('r2')
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 1 worker ready/)
    await kirin.line(/exited with code 0/)
    expect((await get('/', { origin })).body).toBe('two')
    point('r3')
    kirin.signal('SIGHUP')
    await kirin.line(/Reload failed, the old workers go on \(1\): .*not this one/)
    // What takes the place of a worker that dies is of the version that works.
    const mark = kirin.mark()
    process.kill(kirin.workers()[0] ?? 0, 'SIGKILL')
    await kirin.line(/Worker \d is ready/, mark)
    expect((await get('/', { origin })).body).toBe('two')
  })

  it('follows the path of --chdir to where it leads now', async () => {
    const cwd = applicationDirectory({ 'r1/app.mjs': version('one'), 'r2/app.mjs': version('two') })
    const current = join(cwd, 'current')
    symlinkSync('r1', current)
    const files = ['--pid', 'kirin.pid', '-b', 'unix:kirin.sock', '--control-socket', 'control.sock']
    const { kirin, origin } = await startServing([...DEBUG, '--chdir', 'current', ...files, 'app.mjs'], {
      cwd,
    })
    expect((await get('/', { origin })).body).toBe('one')
    rmSync(current)
    symlinkSync('r2', current)
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 1 worker ready/)
    await kirin.line(/exited with code 0/)
    expect((await get('/', { origin })).body).toBe('two')
    rmSync(current)
    const mark = kirin.mark()
    kirin.signal('SIGHUP')
    await kirin.line(/ERROR\] --chdir: cannot change to .*current: ENOENT.*; the working directory stays/, mark)
    await kirin.line(/Reloaded: 1 worker ready/, mark)
    expect((await get('/', { origin })).body).toBe('two')
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(['kirin.pid', 'kirin.sock', 'control.sock'].filter(file => existsSync(join(cwd, 'r1', file)))).toEqual([])
    expect(kirin.stderr).toMatch(
      /WARN\] --control-socket: .*\/r1\/control\.sock stays where it is, and kirin ctl looks for it in .*\/r2:/,
    )
  })

  it('costs no request: on connections that are kept, and on new ones', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', ...DEBUG, 'app.mjs'], { cwd })
    const load = new Load(origin)
    for (const name of ['two', 'three', 'four']) {
      const mark = kirin.mark()
      deploy(version(name))
      kirin.signal('SIGHUP')
      await load.until(kirin.line(BOTH_GONE, mark))
    }
    expect(new Set(await load.end())).toEqual(new Set(['one', 'two', 'three', 'four']))
  })
})
