// Event loops that stand still, in real processes: where they do is told before the worker is killed.
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, runKirin, startServing } from '../support/kirin-process.ts'

const BLOCKING = `
export default function app(request) {
  if (request.path === '/block') spinForever()
  return { status: 200, body: String(process.pid) }
}
function spinForever() {
  for (;;) Math.random()
}
`

describe('--timeout', () => {
  it('has a worker whose event loop stands still killed and replaced, and tells where that was', async () => {
    const cwd = applicationDirectory({ 'app.mjs': BLOCKING })
    const { kirin, origin } = await startServing(['--timeout', '4', 'app.mjs'], { cwd })
    const [, pid] = await kirin.line(/Worker 0 is ready \(pid (\d+)\)/)
    const lost = get('/block', { origin })
    const mark = kirin.mark()
    await expect(lost).rejects.toThrow()
    const file = join(cwd, 'app.mjs').replaceAll('.', '\\.')
    const said = `ERROR\\] Worker 0 \\(pid ${pid}\\) has not answered for 4 s \\(--timeout\\) and is killed: its event loop stands still at spinForever \\(${file}:7:\\d+\\)\\n`
    await kirin.line(new RegExp(`${said} {4}at spinForever \\(.*\\)\\n {4}at app \\(${file}:3:`))
    await kirin.line(/was killed by SIGKILL; a new one starts at once/)
    const [, successor] = await kirin.line(/Worker 0 is ready \(pid (\d+)\)/, mark)
    expect((await get('/', { origin })).body).toBe(successor)
  })
})

describe('--boot-timeout', () => {
  it('has a worker that hangs in its import killed, and tells where that was', async () => {
    const cwd = applicationDirectory({ 'app.mjs': `function hang() {\n  for (;;) Math.random()\n}\nhang()\n` })
    const { code, stderr } = await runKirin(['-b', '127.0.0.1:0', '--boot-timeout', '3', 'app.mjs'], { cwd })
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /FATAL\] a worker was not ready within 3 s \(--boot-timeout\): it stands still at hang \(\/.*app\.mjs:2:\d+\)/,
    )
  })
})
