// HUP with real processes: the new version is served, a broken one is not, and nobody notices but by what they get.
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
const BROKEN = `throw new Error('broken on purpose')\n`

/** A directory whose application can be exchanged. */
function deployment(): { cwd: string; deploy: (source: string) => void } {
  const cwd = applicationDirectory({ 'app.mjs': version('one') })
  return { cwd, deploy: source => writeFileSync(join(cwd, 'app.mjs'), source) }
}

describe('HUP', () => {
  it('loads the application anew, and what ran before ends in peace', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', '--log-level', 'debug', 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const stream = await openGet('/stream', { origin })
    deploy(version('two'))
    kirin.signal('SIGHUP')
    await kirin.line(/Reloading: new workers take the place of 2 workers, one by one/)
    await kirin.line(/Reloaded: 2 workers ready/)
    expect(await text(stream)).toBe('one begins, one ends')
    expect((await get('/', { origin })).body).toBe('two')
    await kirin.line(/exited with code 0[^]*exited with code 0/)
    expect(kirin.workers()).toHaveLength(2)
  })

  it('leaves the old workers in service when the new version does not boot, until one does', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', 'app.mjs'], { cwd })
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
    expect((await get('/', { origin })).body).toBe('two')
  })

  it('follows the path of --chdir to where it leads now', async () => {
    const cwd = applicationDirectory({ 'r1/app.mjs': version('one'), 'r2/app.mjs': version('two') })
    const current = join(cwd, 'current')
    symlinkSync('r1', current)
    const { kirin, origin } = await startServing(['--chdir', 'current', '--pid', 'kirin.pid', 'app.mjs'], { cwd })
    expect((await get('/', { origin })).body).toBe('one')
    rmSync(current)
    symlinkSync('r2', current)
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 1 worker ready/)
    expect((await get('/', { origin })).body).toBe('two')
    rmSync(current)
    const mark = kirin.mark()
    kirin.signal('SIGHUP')
    await kirin.line(/ERROR\] --chdir: cannot change to .*current: ENOENT.*; the working directory stays/, mark)
    await kirin.line(/Reloaded: 1 worker ready/, mark)
    expect((await get('/', { origin })).body).toBe('two')
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(existsSync(join(cwd, 'r1/kirin.pid'))).toBe(false)
  })

  it('costs no request: on connections that are kept, and on new ones', async () => {
    const { cwd, deploy } = deployment()
    const { kirin, origin } = await startServing(['-w', '2', 'app.mjs'], { cwd })
    // POST: undici sends no such request twice.
    const request = { path: '/', method: 'POST', body: 'some' } as const
    let over = false
    const answers: string[] = []
    const load = async (pool: Pool, reset: boolean): Promise<void> => {
      while (!over) answers.push(await (await pool.request({ ...request, reset })).body.text())
    }
    const pool = new Pool(origin, { connections: 16, pipelining: 1 })
    const clients = Array.from({ length: 16 }, (_, index) => load(pool, index % 4 === 0))
    for (const name of ['two', 'three', 'four']) {
      const mark = kirin.mark()
      deploy(version(name))
      kirin.signal('SIGHUP')
      await Promise.race([kirin.line(/Reloaded: 2 workers ready/, mark), Promise.all(clients)])
    }
    over = true
    await Promise.all(clients)
    await pool.close()
    expect(new Set(answers)).toEqual(new Set(['one', 'two', 'three', 'four']))
  })
})
