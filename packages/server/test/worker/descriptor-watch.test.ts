import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

/** Takes every descriptor that there is from /hoard on, for longer than a heartbeat's interval, and gives them back at SIGWINCH. */
const APPLICATION = `
import { closeSync, openSync } from 'node:fs'
const held = []
function hoard() {
  try {
    for (;;) held.push(openSync('/dev/null', 'r'))
  } catch {}
}
export default request => {
  if (request.path === '/hoard') {
    // Whatever a connection that closes gives back is taken, too.
    const leak = setInterval(hoard, 10)
    setTimeout(() => console.log('a heartbeat was due'), 1_100)
    process.once('SIGWINCH', () => {
      clearInterval(leak)
      for (const fd of held.splice(0)) closeSync(fd)
      console.log('given back')
    })
  }
  return { status: 200, body: 'fine' }
}
`

describe('a worker without file descriptors', () => {
  it('is told of in one line, and serves again when there are some', async () => {
    const { kirin, origin } = await startServing(['app.mjs'], {
      cwd: applicationDirectory({ 'app.mjs': APPLICATION }),
    })
    const [worker = -1] = kirin.workers()
    await get('/hoard', { origin })
    await kirin.line(new RegExp(`\\[${worker}\\] \\[ERROR\\] Out of file descriptors: new connections are closed`))
    await kirin.line(/^a heartbeat was due$/)
    process.kill(worker, 'SIGWINCH')
    await kirin.line(/^given back$/)
    expect((await get('/', { origin })).body).toBe('fine')
    expect(kirin.workers()).toEqual([worker])
  })
})
