// Workers that have one request at a time, with real processes.
import { existsSync, writeFileSync } from 'node:fs'
import { Agent, request as ask } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

/** Holds `/hold` until `/free` comes to another worker; tells how many it has at once, and its place. */
const APPLICATION = `
import { existsSync, writeFileSync } from 'node:fs'
let active = 0
export default async function app(request) {
  active++
  const most = active
  if (request.path === '/hold') writeFileSync('held', '')
  if (request.path === '/hold') while (!existsSync('free')) await new Promise(resolve => setTimeout(resolve, 20))
  active--
  return { status: 200, body: process.env.KIRIN_WORKER_ID + ' ' + most }
}
`

/** GET on a connection that is kept. */
function kept(path: string, origin: string, agent: Agent): Promise<{ body: string; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    ask(new URL(path, origin), { agent }, response => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (body += chunk))
      response.on('end', () => resolve({ body, connection: response.headers.connection }))
    })
      .on('error', reject)
      .end()
  })
}

describe('--worker-class sync', () => {
  it('gives new clients to a worker without a request, and has no worker with two', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { kirin, origin } = await startServing(['-k', 'sync', '-w', '2', 'app.mjs'], { cwd })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const held = get('/hold', { origin })
    // Until then its worker may accept another one as well, which waits for its turn.
    while (!existsSync(`${cwd}/held`)) await new Promise(resolve => setImmediate(resolve))
    const others = new Set<string>()
    for (let count = 0; count < 12; count++) others.add((await get('/', { origin })).body)
    writeFileSync(`${cwd}/free`, '')
    const place = (await held).body.split(' ')[0]
    expect(['0 1', '1 1']).toContain((await held).body)
    // All of them, unless the one that is held came after them.
    expect([...others].filter(body => body.startsWith(String(place))).length).toBeLessThanOrEqual(1)
    expect([...others].every(body => body.endsWith(' 1'))).toBe(true)
  })

  it('has requests on connections that are there already wait for their turn', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const { origin } = await startServing(['-k', 'sync', 'app.mjs'], { cwd })
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })] as const
    for (const agent of agents) expect((await kept('/', origin, agent)).connection).not.toBe('close')
    const first = kept('/hold', origin, agents[0])
    const second = kept('/', origin, agents[1])
    writeFileSync(`${cwd}/free`, '')
    expect([(await first).body, (await second).body]).toEqual(['0 1', '0 1'])
    for (const agent of agents) agent.destroy()
  })
})
