// Upgraded connections and tunnels in real workers: how many, how they end with the worker, and where they lead.
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it } from '@jest/globals'
import { applicationDirectory, type KirinProcess, startServing } from '../support/kirin-process.ts'
import { get } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

/** Echoes; ends its side when the worker drains, or never, as the path says. */
const ECHO = `
export default function application({ upgrade, path }, { draining }) {
  if (upgrade !== 'echo') return { status: 426, headers: { connection: 'close' }, body: 'echo is spoken here' }
  return {
    status: 101,
    upgrade(socket) {
      socket.on('data', chunk => socket.write(chunk)).on('end', () => socket.end())
      if (path === '/leaves') draining.addEventListener('abort', () => socket.end('bye'))
    },
  }
}
`

/** A proxy for tunnels, as small as it can be. */
const PROXY = `
import { connect } from 'node:net'
import { once } from 'node:events'
import { pipeline } from 'node:stream'

export default async function application({ upgrade, authority }) {
  if (upgrade !== 'connect') return { status: 405 }
  const [host, port] = authority.split(':')
  const target = connect({ host, port, allowHalfOpen: true })
  try {
    await once(target, 'connect')
  } catch (error) {
    return { status: 502, body: error.code }
  }
  return {
    status: 200,
    upgrade: client => pipeline(client, target, client, () => {}),
    finished: () => target.destroy(),
  }
}
`

const ASK = (path: string): string => get(path, 'Connection: Upgrade', 'Upgrade: echo')
const SWITCHED = /^HTTP\/1\.1 101 [\s\S]+?\r\n\r\n/
const LINES = ['--access-logfile', '-', '--access-logformat', 'access %(U)s %(s)s %(b)s']

async function upgraded(origin: string, path: string): Promise<RawClient> {
  const { hostname, port } = new URL(origin)
  const client = await RawClient.open({ host: hostname, port: Number(port) })
  await client.send(ASK(path)).until(SWITCHED)
  return client
}

async function serve(
  application: string,
  ...args: readonly string[]
): Promise<{ kirin: KirinProcess; origin: string }> {
  const cwd = applicationDirectory({ 'app.mjs': application })
  return startServing([...LINES, ...args, 'app.mjs'], { cwd })
}

it('TERM: goes on until the application has ended it, and gives it a line in the access log then', async () => {
  const { kirin, origin } = await serve(ECHO)
  const client = await upgraded(origin, '/leaves')
  await client.send('before').until(/before/)
  expect(kirin.stdout).not.toMatch(/access/)
  kirin.signal('SIGTERM')
  await client.until(/bye/)
  await client.send('the client may go on').rest()
  await client.close()
  expect((await kirin.exited()).code).toBe(0)
  await kirin.allGone()
  expect(kirin.stdout).toMatch(/^access \/leaves 101 9$/m)
  expect(kirin.stderr).not.toMatch(/Cut off/)
})

it('TERM: is cut off at the graceful timeout, and gives it a line in the access log then', async () => {
  const { kirin, origin } = await serve(ECHO, '--graceful-timeout', '1')
  const client = await upgraded(origin, '/stays')
  kirin.signal('SIGTERM')
  await kirin.line(/Stopping: 1 worker/)
  await client.send('still echoing').until(/still echoing/)
  await client.rest()
  expect((await kirin.exited()).code).toBe(0)
  await kirin.allGone()
  expect(kirin.stderr).toMatch(/Cut off requests that ran past the graceful timeout/)
  expect(kirin.stdout).toMatch(/^access \/stays 101 13$/m)
})

it('keeps 2,000 connections open in one worker, each of which has its echo', async () => {
  const { kirin, origin } = await serve(ECHO, '--workers', '1')
  const clients: RawClient[] = []
  // In rounds, that no more connections wait to be accepted than the backlog takes.
  for (let round = 0; round < 10; round++) {
    clients.push(...(await Promise.all(Array.from({ length: 200 }, () => upgraded(origin, '/many')))))
  }
  for (const message of ['first', 'second']) {
    await Promise.all(
      clients.map((client, i) => client.send(`${message} ${i};`).until(new RegExp(`^${message} ${i};$`))),
    )
  }
  await Promise.all(clients.map(client => client.close()))
  kirin.signal('SIGTERM')
  expect((await kirin.exited()).code).toBe(0)
  await kirin.allGone()
  expect(kirin.stdout.match(/^access \/many 101 \d+$/gm)).toHaveLength(2_000)
})

/** A request through a tunnel of that proxy, as node's own client opens one. */
async function throughTunnel(origin: string, authority: string): Promise<{ status: number | undefined; text: string }> {
  const { hostname, port } = new URL(origin)
  const connecting = httpRequest({ host: hostname, port, method: 'CONNECT', path: authority, agent: false }).end()
  const [response, tunnel] = (await Promise.race([once(connecting, 'connect'), once(connecting, 'response')])) as [
    { statusCode?: number },
    Socket | undefined,
  ]
  if (response.statusCode !== 200 || tunnel === undefined) {
    connecting.destroy()
    return { status: response.statusCode, text: '' }
  }
  const inner = httpRequest({ createConnection: () => tunnel, path: '/inside', headers: { connection: 'close' } }).end()
  const [answer] = (await once(inner, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return { status: answer.statusCode, text }
}

it('leads to where a proxy application connects it (CONNECT), and answers where that cannot', async () => {
  const target = createServer((req, res) => res.end(`${req.url} at the target`)).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const { port } = target.address() as AddressInfo
  const { kirin, origin } = await serve(PROXY)
  expect(await throughTunnel(origin, `127.0.0.1:${port}`)).toEqual({ status: 200, text: '/inside at the target' })
  target.close()
  target.closeAllConnections()
  await once(target, 'close')
  expect(await throughTunnel(origin, `127.0.0.1:${port}`)).toEqual({ status: 502, text: '' })
  kirin.signal('SIGTERM')
  expect((await kirin.exited()).code).toBe(0)
})
