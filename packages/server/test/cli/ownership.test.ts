// Files that are given to the workers' account, and those that cannot be.
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { giveSocketFiles } from '../../src/cli/ownership.ts'
import { itAsRoot } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, startKirin } from '../support/kirin-process.ts'

describe('files of the workers’ account', () => {
  it('that are gone are told by name', () => {
    const path = join(applicationDirectory({}), 'gone.sock')
    const bind = [{ type: 'tcp', host: '127.0.0.1', port: 1 } as const, { type: 'unix', path } as const]
    expect(giveSocketFiles(bind, { uid: 65_534, gid: 65_534, groupsOf: null })).toEqual([
      expect.stringMatching(/^--bind: unix:.*gone\.sock cannot be given to the workers’ account: ENOENT/),
    ])
  })

  itAsRoot('may be removed under a master: it reloads and reopens its logs all the same', async () => {
    const cwd = applicationDirectory({
      'app.mjs': HELLO,
      'logs/access.log': '',
      'kirin.config.mjs': `export default { app: 'app.mjs', bind: ['127.0.0.1:0', 'unix:k.sock'], user: '0', group: '65533',
        accessLogfile: 'logs/access.log' }`,
    })
    const kirin = startKirin([], { cwd })
    const [, origin = ''] = await kirin.line(/Listening at (http:\S+), unix:k\.sock/)
    expect(statSync(join(cwd, 'k.sock')).gid).toBe(65_533)
    rmSync(join(cwd, 'k.sock'))
    kirin.signal('SIGHUP')
    await kirin.line(/Reloaded: 1 worker ready/)
    rmSync(join(cwd, 'logs'), { recursive: true })
    kirin.signal('SIGUSR1')
    await kirin.line(
      /\[ERROR\] --access-logfile: .*logs\/access\.log cannot be given .*ENOENT.*; what is open stays in use/,
    )
    expect((await get('/', { origin })).body).toBe('hello')
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
