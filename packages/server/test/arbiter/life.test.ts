// What happens to workers in their lives, with real processes: load, age, a delayed end, ABRT.
import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { get, openGet } from '../support/http-client.ts'
import { applicationDirectory, HELLO, startServing } from '../support/kirin-process.ts'

/** `/stream` ends when its worker drains; everything says who answered. */
const STREAMING = `
const headers = { 'x-pid': String(process.pid) }
export default (request, context) => ({ status: 200, headers, body: request.path === '/stream' ? stream(context) : 'hello' })
async function* stream({ draining }) {
  yield 'begins, '
  await new Promise(resolve => draining.addEventListener('abort', resolve))
  yield 'ends'
}
`

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

  it('are all replaced, healthy ones too, when too many of them have crashed', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const limits = ['--emergency-restart-threshold', '2', '--emergency-restart-interval', '600']
    const { kirin } = await startServing(['-w', '2', '--log-level', 'debug', ...limits, 'app.mjs'], { cwd })
    const [, healthy] = await kirin.line(/Worker 0 is ready \(pid (\d+)\)/)
    const [, first] = await kirin.line(/Worker 1 is ready \(pid (\d+)\)/)
    const mark = kirin.mark()
    process.kill(Number(first), 'SIGKILL')
    const [, second] = await kirin.line(/Worker 1 is ready \(pid (\d+)\)/, mark)
    expect(kirin.stderr).not.toContain('--emergency-restart-threshold')
    process.kill(Number(second), 'SIGKILL')
    await kirin.line(
      /2 workers have crashed within 600 s \(--emergency-restart-threshold\): all are replaced, as by HUP/,
    )
    await kirin.line(/Reloaded: 2 workers ready/)
    await kirin.line(new RegExp(`Worker 0 \\(pid ${healthy}\\) exited with code 0`))
    expect(kirin.workers()).not.toContain(Number(healthy))
  })

  it('that are stopped are killed and replaced, and nothing is lost but what was on them', async () => {
    const cwd = applicationDirectory({ 'app.mjs': STREAMING })
    const { kirin, origin } = await startServing(['-w', '2', '--timeout', '5', 'app.mjs'], { cwd })
    const [, stopped] = await kirin.line(/Worker 0 is ready \(pid (\d+)\)/)
    await kirin.line(/Worker 1 is ready/)
    const streams = []
    while (new Set(streams.map(({ headers }) => headers['x-pid'])).size < 2)
      streams.push(await openGet('/stream', { origin }))
    process.kill(Number(stopped), 'SIGSTOP')
    const mark = kirin.mark()
    const ended = streams.map(stream => text(stream).catch(() => 'lost'))
    // Who connects meanwhile is accepted by the other one.
    const dead = kirin.line(new RegExp(`Worker 0 \\(pid ${stopped}\\) was killed by SIGKILL`))
    const asked = Symbol('asked')
    while ((await Promise.race([dead, get('/', { origin }).then(() => asked)])) === asked);
    expect(kirin.stderr).toMatch(/Worker 0 \(pid \d+\) has not answered for 5 s \(--timeout\) and is killed$/m)
    await kirin.line(/Worker \d is ready/, mark)
    kirin.signal('SIGTERM')
    const owners = streams.map(({ headers }) => headers['x-pid'])
    expect(await Promise.all(ended)).toEqual(owners.map(pid => (pid === stopped ? 'lost' : 'begins, ends')))
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
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
