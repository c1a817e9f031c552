import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { get, openGet } from '../support/http-client.ts'
import { applicationDirectory, runKirin, startKirin, startServing } from '../support/kirin-process.ts'

/** An application with this body of module code. */
const files = (code: string) => ({ cwd: applicationDirectory({ 'app.mjs': code }) })

const CONTEXT = `
let started
const app = (request, context) => ({ status: 200, body: JSON.stringify({
  ...context, draining: context.draining.constructor.name, log: Object.keys(context.log).length > 0,
  frozen: Object.isFrozen(context) && Object.isFrozen(context.extensions), same: context === started,
}) })
app.startup = context => { started = context; context.log.info({ slot: context.worker }, 'starting up') }
app.shutdown = context => { context.log.info('shut down ' + (context === started)) }
export default app
`

describe('the context', () => {
  it('is one frozen object for startup, every call and shutdown', async () => {
    const { kirin, origin } = await startServing(['app.mjs'], files(CONTEXT))
    await kirin.line(/\[INFO\] starting up slot=0$/)
    expect(JSON.parse((await get('/', { origin })).body)).toEqual({
      nsgi: '1.0',
      server: { name: 'kirin', version: expect.stringMatching(/^\d/) },
      worker: 0,
      multiprocess: true,
      draining: 'AbortSignal',
      log: true,
      extensions: {},
      frozen: true,
      same: true,
    })
    kirin.signal('SIGTERM')
    await kirin.line(/shut down true/)
    await kirin.exited()
  })
})

describe('draining', () => {
  it('may be watched by any number of streams: Node does not warn of a leak', async () => {
    const code = `const app = () => ({ status: 200 })
app.startup = context => {
  for (let count = 1; count <= 100; count++) {
    context.draining.addEventListener('abort', () => count === 100 && context.log.info('all told'))
  }
}
export default app`
    const { kirin } = await startServing(['app.mjs'], files(code))
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(kirin.stderr).toMatch(/\[INFO\] all told$/m)
    expect(kirin.stderr).not.toMatch(/MaxListeners/)
  })
})

describe('startup', () => {
  it('is awaited before a connection is accepted', async () => {
    const code = `let ready = false
const app = () => ({ status: 200, body: String(ready) })
app.startup = async context => { await new Promise(setImmediate); context.log.info('almost'); ready = true }
export default app`
    const { kirin, origin } = await startServing(['app.mjs'], files(code))
    expect((await get('/', { origin })).body).toBe('true')
    expect(kirin.stderr.indexOf('almost')).toBeLessThan(kirin.stderr.indexOf('is ready'))
  })

  it.each([
    ['throws', `() => { throw new RangeError('no cache') }`],
    ['rejects', `async () => { throw new RangeError('no cache') }`],
  ])('that %s is fatal: one line, exit code 3, nothing served, no shutdown', async (_, startup) => {
    const code = `const app = () => ({ status: 200 })
app.startup = ${startup}
app.shutdown = () => console.log('never')
export default app`
    const finished = await runKirin(['-w', '2', '-b', '127.0.0.1:0', '--log-level', 'error', 'app.mjs'], files(code))
    expect(finished).toMatchObject({ code: 3, stdout: '' })
    expect(finished.stderr).toMatch(
      /^\[.*\] \[FATAL\] startup of app\.mjs failed: RangeError: no cache \(\/.*app\.mjs:2:\d+\)\n$/,
    )
  })
})

describe('shutdown', () => {
  it('follows a startup during which the worker was told to stop', async () => {
    const code = `let told
const stopped = new Promise(resolve => (told = resolve))
process.on('SIGTERM', told)
const app = () => ({ status: 200 })
app.startup = async () => { console.log('starting'); await stopped; console.log('started') }
app.shutdown = () => console.log('shut down')
export default app`
    const kirin = startKirin(['-b', '127.0.0.1:0', 'app.mjs'], files(code))
    await kirin.line(/^starting$/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(kirin.stdout).toBe('starting\nstarted\nshut down\n')
    expect(kirin.stderr).not.toMatch(/is ready|Listening/)
  })

  it('is called once, after the last response', async () => {
    const code = `let finished = 'nothing'
const app = (request, context) => ({ status: 200, body: body(context), finished: () => { finished = 'the response' } })
async function* body(context) {
  yield 'a'
  await new Promise(resolve => context.draining.addEventListener('abort', resolve))
  yield 'b'
}
app.shutdown = async () => { await null; console.log('shutdown after ' + finished) }
export default app`
    const { kirin, origin } = await startServing(['app.mjs'], files(code))
    const response = await openGet('/', { origin })
    kirin.signal('SIGTERM')
    expect(await text(response)).toBe('ab')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    await kirin.allGone()
    expect(kirin.stdout).toBe('shutdown after the response\n')
  })

  it('is called after a quick stop too', async () => {
    const code = `const app = () => ({ status: 200 })
app.shutdown = () => console.log('shutdown')
export default app`
    const { kirin } = await startServing(['app.mjs'], files(code))
    kirin.signal('SIGINT')
    await kirin.allGone()
    expect(kirin.stdout).toBe('shutdown\n')
  })

  it.each([
    ['throws', `() => { throw new Error('no way out') }`, /\[ERROR\] shutdown failed: Error: no way out/],
    ['never ends', '() => new Promise(() => {})', /\[WARN\] shutdown took too long and was not waited for/],
  ])('that %s is reported and does not keep the server from stopping', async (_, shutdown, line) => {
    const code = `const app = () => ({ status: 200 })
app.shutdown = ${shutdown}
export default app`
    const { kirin } = await startServing(['app.mjs'], files(code))
    kirin.signal('SIGTERM')
    await kirin.line(line)
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})

describe('the application’s own output', () => {
  it('may lose its reader without harm', async () => {
    const code = `export default () => { console.log('x'.repeat(100)); return { status: 200, body: 'fine' } }`
    const { kirin, origin } = await startServing(['app.mjs'], files(code))
    await kirin.closeStdout()
    for (let count = 0; count < 5; count++) expect((await get('/', { origin })).body).toBe('fine')
    expect(kirin.stderr).not.toMatch(/ERROR|WARN/)
  })
})

describe('messages of the application', () => {
  it('over the channel to its parent are not taken for the worker’s', async () => {
    const code = `process.send?.('ready'); process.send?.({ type: 'failed' })
export default () => ({ status: 200, body: 'fine' })`
    const { origin } = await startServing(['app.mjs'], files(code))
    expect((await get('/', { origin })).body).toBe('fine')
  })
})
