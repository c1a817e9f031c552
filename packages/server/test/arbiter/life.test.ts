// What happens to workers in their lives, with real processes: load, age, a delayed end, ABRT.
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, startServing } from '../support/kirin-process.ts'

describe('workers', () => {
  it('become more when they are busy', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `function burn() {
  const until = performance.now() + 100
  while (performance.now() < until);
  setTimeout(burn, 2)
}
export default request => {
  if (request.path === '/burn') burn()
  return { status: 200, body: process.env.KIRIN_WORKER_ID }
}`,
    })
    const { kirin, origin } = await startServing(['--workers-max', '2', 'app.mjs'], { cwd })
    expect((await get('/burn', { origin })).body).toBe('0')
    await kirin.line(/Number of workers is now 2: they were busy \d+ % of the time/)
    await kirin.line(/Worker 1 is ready/)
  })

  it('are replaced when they have served for long enough', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin } = await startServing(['--max-lifetime', '1', 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 \(pid \d+\) has served for 1 s \(--max-lifetime\): a new one takes its place/)
    expect(await kirin.line(/Worker 1 is ready/)).not.toBeNull()
  })

  it('serve on after TERM for the pre-stop delay, which another TERM ends', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin, origin } = await startServing(['--pre-stop-delay', '600', 'app.mjs'], { cwd })
    kirin.signal('SIGTERM')
    await kirin.line(/Told to stop: workers serve on for 600 s \(--pre-stop-delay\)/)
    expect((await get('/', { origin })).body).toBe('hello')
    const stopping = kirin.line(/Stopping: 1 worker may finish running requests/)
    // One that comes too soon is taken for the same one twice.
    const insist = setInterval(() => kirin.signal('SIGTERM'), 600)
    await stopping
    clearInterval(insist)
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('tell at ABRT what they were at, and are replaced', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin } = await startServing(['app.mjs'], { cwd })
    const [, pid] = await kirin.line(/Worker 0 is ready \(pid (\d+)\)/)
    process.kill(Number(pid), 'SIGABRT')
    await kirin.line(
      new RegExp(`\\[${pid}\\] \\[ERROR\\] SIGABRT: stopping at once requests=0 connections=0 resources="`),
    )
    expect(await kirin.line(/Worker 0 \(pid \d+\) stops: SIGABRT; a new one takes its place/)).not.toBeNull()
  })
})
