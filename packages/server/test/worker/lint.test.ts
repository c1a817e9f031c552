// `kirin --lint`, from the command line to the log, in real processes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startKirin, startServing } from '../support/kirin-process.ts'

const APPLICATION = `
  export default async function application({ path, body }) {
    if (path === '/short') return { status: 200, headers: { 'content-length': '9' }, body: 'tea' }
    if (path === '/shared') return shared
    if (path === '/stream') return { status: 200, body: pieces() }
    return { status: 200, body: 'fine' }
  }
  const shared = { status: 200, body: 'shared' }
  async function* pieces() {
    yield 'one '
    yield 'two'
  }
`

describe('kirin --lint', () => {
  it('answers 500 for a response that breaks a rule, and names the rule in its log', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { kirin, origin } = await startServing(['--lint', 'app.mjs'], { cwd })
    const answer = await get('/short', { origin })
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('APP-03')
    await kirin.line(
      /lint: the application broke APP-03 in GET \/short: content-length says 9, but the body has 3 bytes/,
    )
    expect((await get('/shared', { origin })).body).toBe('shared')
    expect((await get('/shared', { origin })).status).toBe(500)
    await kirin.line(/lint: the application broke APP-01 in GET \/shared/)
  })

  it('finds nothing wrong with Kirin, and changes nothing about what is right', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { kirin, origin } = await startServing(['--lint', 'app.mjs'], { cwd })
    expect(await get('/', { origin })).toMatchObject({ status: 200, body: 'fine', headers: { 'content-length': '4' } })
    const stream = await get('/stream', { origin })
    expect(stream).toMatchObject({ status: 200, body: 'one two', headers: { 'transfer-encoding': 'chunked' } })
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).toContain('--lint')
    expect(kirin.stderr).not.toContain('broke')
  })

  it('finds nothing wrong where Kirin stops before the application has started', async () => {
    const cwd = applicationDirectory({
      'app.mjs': `import { existsSync, watch } from 'node:fs'
        const app = () => ({ status: 200 })
        app.startup = context => new Promise(resolve => {
          watch('.', () => existsSync('go') && resolve()).unref()
          console.log('starting')
        })
        app.shutdown = context => console.log('draining', context.draining.aborted)
        export default app`,
    })
    const kirin = startKirin(['--bind', '127.0.0.1:0', '--lint', 'app.mjs'], { cwd })
    await kirin.line(/^starting$/)
    kirin.signal('SIGTERM')
    await kirin.line(/Stopping/)
    writeFileSync(join(cwd, 'go'), '')
    await kirin.line(/^draining true$/)
    await kirin.exited()
    expect(kirin.stderr).not.toContain('broke')
  })

  it('is silent, and not there, where nobody asked for it', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { kirin, origin } = await startServing(['app.mjs'], { cwd })
    expect((await get('/shared', { origin })).body).toBe('shared')
    expect((await get('/shared', { origin })).body).toBe('shared')
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(kirin.stderr).not.toContain('lint')
  })
})
