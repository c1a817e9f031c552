// A socket for each place, where Node can bind one.
import { describe, expect, it } from '@jest/globals'
import { unsupportedIn } from '../../src/config/conflicts.ts'
import { defaultSettings } from '../../src/config/settings.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, runKirin, startServing } from '../support/kirin-process.ts'

const APPLICATION = `export default () => ({ status: 200, body: process.env.KIRIN_WORKER_ID })\n`
const isKnown = unsupportedIn({ ...defaultSettings, reusePort: true }).length === 0

/** Where Node knows no such sockets: refused; else what a server does with them. */
describe(`--reuse-port on Node ${process.version}`, () => {
  it('is refused in one line before Node 22.12, and spreads clients over all workers from then on', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    if (!isKnown) {
      const { code, stderr } = await runKirin(['-b', '127.0.0.1:0', '--reuse-port', 'app.mjs'], { cwd })
      expect([code, stderr]).toEqual([
        1,
        `kirin: --reuse-port: needs Node 22.12 or later, this is ${process.version}\n`,
      ])
      return
    }
    const { kirin, origin } = await startServing(['--reuse-port', '-w', '3', 'app.mjs'], { cwd })
    for (const number of [0, 1, 2]) await kirin.line(new RegExp(`Worker ${number} is ready`))
    const seen = new Set<string>()
    while (seen.size < 3) seen.add((await get('/', { origin })).body)
    // Its socket is the master's as well: whoever waits there meanwhile is served by the next one.
    const [victim = 0] = kirin.workers()
    process.kill(victim, 'SIGKILL')
    for (let count = 0; count < 30; count++) {
      await get('/', { origin }).catch((error: NodeJS.ErrnoException) => expect(error.code).toBe('ECONNRESET'))
    }
    const mark = kirin.mark()
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 3 workers ready/, mark)
    kirin.signal('SIGTTOU')
    await kirin.line(/Number of workers is now 2/, mark)
    for (let count = 0; count < 30; count++) expect((await get('/', { origin })).status).toBe(200)
  })
})
