// --worker-connections: with all places taken a worker accepts no more, on sockets of the master's.
import { afterEach, describe, expect, it } from '@jest/globals'
import { applicationDirectory, HELLO, startServing } from '../support/kirin-process.ts'
import { get } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

const clients: RawClient[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.destroy()
})

async function open(origin: string): Promise<RawClient> {
  const { hostname: host, port } = new URL(origin)
  const client = await RawClient.open({ host, port: Number(port) })
  clients.push(client)
  return client
}

const application = (): string => applicationDirectory({ 'app.mjs': HELLO })

describe('a worker whose places are all taken', () => {
  it('lets further clients wait until one has gone, and says so once', async () => {
    const { kirin, origin } = await startServing(['--worker-connections', '2', 'app.mjs'], { cwd: application() })
    const [, second] = [await open(origin), await open(origin)]
    // Whoever says nothing loses its place after a while.
    second.send(get().slice(0, 5))
    await kirin.line(/All places for connections are taken/)
    const third = await open(origin)
    third.send(get())
    // Who is in gets an answer, the third none.
    expect(await second.send(get().slice(5)).until(/hello/)).toMatch(/\r\nconnection: close\r\n/)
    await second.close()
    expect(await third.until(/hello/)).toMatch(/ 200 /)
    expect(kirin.stderr.match(/All places/g)).toHaveLength(1)
  })

  it('leaves them to another worker', async () => {
    const { kirin, origin } = await startServing(['--workers', '2', '--worker-connections', '1', 'app.mjs'], {
      cwd: application(),
    })
    await kirin.line(/Worker 0 .*ready/i)
    await kirin.line(/Worker 1 .*ready/i)
    // Each takes one connection and keeps it; which one comes first is the kernel's choice.
    const held = [await open(origin), await open(origin)]
    await kirin.line(/All places[^]*All places/)
    const third = await open(origin)
    third.send(get())
    await (held[1] as RawClient).close()
    expect(await third.until(/hello/)).toMatch(/ 200 /)
  })

  it('keeps connections alive below the limit', async () => {
    const { origin } = await startServing(['--worker-connections', '2', 'app.mjs'], { cwd: application() })
    const client = await open(origin)
    for (let i = 0; i < 3; i++) expect(await client.send(get()).until(/hello/)).not.toMatch(/connection: close/)
  })

  it('stops as ever', async () => {
    const { kirin, origin } = await startServing(['--worker-connections', '1', 'app.mjs'], { cwd: application() })
    await open(origin)
    await kirin.line(/All places/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
