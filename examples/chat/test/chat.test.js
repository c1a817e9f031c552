import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { WebSocket } from 'ws'
import { KirinProcess } from '../../express-shop/test/kirin-process.js'

// A reload starts processes, which takes its time on a busy machine; nothing is asserted of it.
jest.setTimeout(120_000)

const folder = fileURLToPath(new URL('..', import.meta.url))
let kirin
let directory
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nsgi-chat-'))
  kirin = await KirinProcess.start({ folder, workers: 2, env: { CHAT_LOG: join(directory, 'chat.jsonl') } })
})
afterAll(async () => {
  await kirin?.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** A client, and what it hears. */
class Client {
  heard = []

  static async open(headers = {}) {
    const client = new Client()
    client.socket = new WebSocket(`ws://127.0.0.1:${kirin.port}/chat`, { headers })
    client.socket.on('message', data => {
      client.heard.push(JSON.parse(data))
      client.socket.emit('heard')
    })
    client.socket.on('close', () => client.socket.emit('heard'))
    await once(client.socket, 'open')
    client.welcome = await client.hears(({ kind }) => kind === 'welcome')
    return client
  }

  /** The first thing heard that fits, once it is there. */
  async hears(fits) {
    while (!this.heard.some(fits)) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed before it was heard: ${fits}`)
      await once(this.socket, 'heard')
    }
    return this.heard.find(fits)
  }

  /** Told at once, or a moment later where its worker has not read it yet. */
  async knows(text) {
    const last = this.heard.flatMap(({ history, ...message }) => history ?? [message]).at(-1)
    if (last?.text !== text) await this.hears(message => message.text === text)
  }

  say(name, text) {
    this.socket.send(JSON.stringify({ name, text }))
  }

  async leave() {
    this.socket.close()
    await once(this.socket, 'close')
  }
}

/** A client on each of the two workers, however the kernel deals connections out. */
async function oneOnEach() {
  const byWorker = new Map()
  while (byWorker.size < 2) {
    const client = await Client.open()
    if (byWorker.has(client.welcome.worker)) await client.leave()
    else byWorker.set(client.welcome.worker, client)
  }
  return [...byWorker.values()]
}

const closeOf = async ({ socket }) => {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

describe('the chat', () => {
  it('is a page with its style and its script', async () => {
    const page = await kirin.fetch('/')
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.text).toContain('<title>Kirin chat</title>')
    const others = await Promise.all(['/chat.css', '/chat.js'].map(path => kirin.fetch(path)))
    expect(others.map(({ status }) => status)).toEqual([200, 200])
  })

  it('tells everybody what is said, whatever worker they are on', async () => {
    const [one, other] = await oneOnEach()
    one.say('Ann', 'tea?')
    other.say('Bob', ' with pleasure, ü ')
    const saidBy = name => message => message.name === name
    for (const client of [one, other]) {
      expect(await client.hears(saidBy('Ann'))).toMatchObject({
        kind: 'message',
        text: 'tea?',
        worker: one.welcome.worker,
      })
      expect(await client.hears(saidBy('Bob'))).toMatchObject({
        text: 'with pleasure, ü',
        worker: other.welcome.worker,
      })
    }
    const order = ({ heard }) => heard.filter(({ kind }) => kind === 'message').map(({ name }) => name)
    expect(order(one)).toEqual(order(other))
    await Promise.all([one.leave(), other.leave()])
  })

  it('keeps the order of many messages from both workers, the same for all, and nothing is lost', async () => {
    const clients = await oneOnEach()
    for (let i = 0; i < 100; i++) for (const [j, client] of clients.entries()) client.say(`many-${j}`, String(i))
    const heard = []
    for (const client of clients) {
      for (const j of clients.keys()) await client.hears(({ name, text }) => name === `many-${j}` && text === '99')
      heard.push(
        client.heard.filter(({ name }) => name?.startsWith('many-')).map(({ name, text }) => `${name} ${text}`),
      )
    }
    expect(heard[0]).toHaveLength(200)
    expect(heard[1]).toEqual(heard[0])
    for (const j of clients.keys()) {
      const own = heard[0].filter(line => line.startsWith(`many-${j} `))
      expect(own).toEqual(Array.from({ length: 100 }, (_, i) => `many-${j} ${i}`))
    }
    await Promise.all(clients.map(client => client.leave()))
  })

  it('tells who comes later what was said last', async () => {
    const before = await Client.open()
    before.say('Ann', 'is anybody there?')
    await before.hears(({ text }) => text === 'is anybody there?')
    await before.leave()
    const [one, other] = await oneOnEach()
    for (const client of [one, other]) {
      await client.knows('is anybody there?')
      expect(client.welcome.history).toHaveLength(50)
    }
    await Promise.all([one.leave(), other.leave()])
  })

  it.each(['no JSON', '{"name":"Ann"}', '{"name":"Ann","text":" "}', '[]', 'null'])(
    'closes on a client that says %s',
    async said => {
      const client = await Client.open()
      client.socket.send(said)
      expect(await closeOf(client)).toEqual([1008, 'a name and a text, please'])
    },
  )

  it('closes on a client that says too much at once', async () => {
    const client = await Client.open()
    client.say('Ann', 'x'.repeat(5000))
    expect(await closeOf(client)).toEqual([1009, ''])
  })

  it.each([
    ['another page', '/chat', { origin: 'http://elsewhere.test' }],
    ['a path that is none', '/other', {}],
  ])('refuses %s', async (_who, path, headers) => {
    const socket = new WebSocket(`ws://127.0.0.1:${kirin.port}${path}`, { headers })
    const [, response] = await once(socket, 'unexpected-response')
    expect(response.statusCode).toBe(403)
    response.destroy()
  })

  it('lets its own page in', async () => {
    const client = await Client.open({ origin: `http://127.0.0.1:${kirin.port}` })
    expect(client.welcome).toMatchObject({ kind: 'welcome' })
    await client.leave()
  })

  it('sends its clients to the next workers at a reload, who know what was said', async () => {
    const client = await Client.open()
    client.say('Ann', 'before the reload')
    await client.hears(({ text }) => text === 'before the reload')
    const closed = closeOf(client)
    kirin.child.kill('SIGHUP')
    expect(await closed).toEqual([1012, 'the server restarts'])
    // Who was dealt to a worker that is on its way out is sent on like everybody else.
    const others = []
    for (;;) {
      const next = await Client.open()
      others.push(next)
      await next.knows('before the reload')
      next.say('Ann', `again ${others.length}`)
      const heard = await next.hears(({ text }) => text === `again ${others.length}`).catch(() => undefined)
      if (heard !== undefined) break
    }
    await Promise.all(others.map(({ socket }) => socket.close()))
  })

  it('stops cleanly with clients connected, and every line of its log is whole', async () => {
    const client = await Client.open()
    const closed = closeOf(client)
    expect([await kirin.stop(), (await closed)[0]]).toEqual([0, 1012])
    const lines = readFileSync(join(directory, 'chat.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).kind)).toEqual(lines.map(() => 'message'))
  })
})
