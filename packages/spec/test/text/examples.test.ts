// The examples in the documents are run as they stand there: in processes of their own, over real sockets.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsgi-examples-'))
  await mkdir(join(folder, 'node_modules/@nsgi'), { recursive: true })
  await symlink(join(root, 'packages/spec'), join(folder, 'node_modules/@nsgi/spec'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** The JavaScript examples of a document, in order. */
async function examplesOf(document: string): Promise<string[]> {
  const markdown = await readFile(join(root, document), 'utf8')
  return [...markdown.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code as string)
}

/** A started server: where it listens, and the lines it prints. */
interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly lines: AsyncIterator<string>
  readonly printed: Interface
}

/** Starts the example server with an application given as the text of a module. */
async function start(application: string, server: string): Promise<Started> {
  const name = `app-${Math.random().toString(36).slice(2)}.js`
  await writeFile(join(folder, name), application)
  const main = `
    import { createContext } from '@nsgi/spec/testing'
    import application from './${name}'
    import { serve } from './${server}'
    const print = (...words) => console.log(words.join(' '))
    const log = { error: ({ err }, text) => print('error:', err.message, '/', text), warn: print, info: print, debug: print }
    const server = serve(application, createContext({ log }))
    server.listen(0, '127.0.0.1', () => print(server.address().port))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', main], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed = createInterface({ input: child.stdout })
  const lines = printed[Symbol.asyncIterator]()
  return { child, port: Number((await lines.next()).value), lines, printed }
}

async function stop({ child, printed }: Started): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  printed.close()
}

/** Starts a server for the time of one test. */
async function serving(
  application: string,
  use: (started: Started) => Promise<void>,
  server = 'server.js',
): Promise<void> {
  const started = await start(application, server)
  try {
    await use(started)
  } finally {
    await stop(started)
  }
}

/** One request over node:http. */
async function ask(
  port: number,
  { body, ...options }: { method?: string; path?: string; headers?: Record<string, string>; body?: string | string[] },
): Promise<{ response: IncomingMessage; body: string }> {
  const request = httpRequest({ port, host: '127.0.0.1', agent: false, ...options })
  if (typeof body === 'string') request.end(body)
  else {
    for (const piece of body ?? []) request.write(piece)
    request.end()
  }
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return { response, body: await text(response) }
}

async function opened(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

describe('the examples in nsgi.md', () => {
  let application: string

  beforeAll(async () => {
    const [app, smallServer, server] = await examplesOf('spec/nsgi.md')
    application = app as string
    await writeFile(join(folder, 'small-server.js'), smallServer as string)
    await writeFile(join(folder, 'server.js'), server as string)
  })

  it('are the application and the server that the text announces', () => {
    expect(application).toContain('// app.js')
  })

  it.each(['small-server.js', 'server.js'])('answer over a socket (%s)', server =>
    serving(
      application,
      async ({ port }) => {
        const found = await ask(port, { method: 'POST', body: ['tea ', 'for ', 'two'] })
        expect([found.response.statusCode, found.body]).toEqual([200, 'TEA FOR TWO'])
        const missing = await ask(port, { path: '/x?y' })
        expect([missing.response.statusCode, missing.body]).toEqual([404, 'nothing here\n'])
        const refused = await ask(port, {})
        expect([refused.response.statusCode, refused.response.headers.allow]).toEqual([405, 'POST'])
        expect(refused.body).toBe('POST some text\n')
      },
      server,
    ),
  )

  it('tell of the end, of a failure and of the context, in thirty lines', () =>
    serving(
      `const application = ({ path }, context) => {
        if (path === '/fails') throw new Error('out of tea')
        return { status: 200, headers: {}, body: context.nsgi, finished: error => context.log.info('finished', String(error)) }
      }
      export default application`,
      async ({ port, lines }) => {
        expect((await ask(port, {})).body).toBe('1.0')
        expect((await lines.next()).value).toBe('finished undefined')
        expect((await ask(port, { path: '/fails' })).response.statusCode).toBe(500)
        expect((await lines.next()).value).toBe('error: out of tea / request failed')
        expect((await readFile(join(folder, 'small-server.js'), 'utf8')).split('\n')).toHaveLength(31)
      },
      'small-server.js',
    ))

  it('send each piece back as it arrives', () =>
    serving(application, async ({ port }) => {
      const request = httpRequest({ port, host: '127.0.0.1', agent: false, method: 'POST' })
      request.write('tea')
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      expect(String((await once(response, 'data'))[0])).toBe('TEA')
      request.end(' and cake')
      expect(await text(response)).toBe(' AND CAKE')
    }))

  it('give the request as the text describes it', () =>
    serving(
      `export default async request => {
        const { method, target, mount, path, query, scheme, authority, httpVersion, headers, rawHeaders, tls, upgrade } = request
        const before = String(request.trailers)
        let size = 0
        for await (const chunk of request.body) size += chunk.length
        let again
        try { for await (const chunk of request.body); } catch (error) { again = error.name }
        return { status: 200, body: JSON.stringify({ method, target, mount, path, query, scheme, authority, httpVersion,
          headers, rawHeaders, tls, upgrade, size, before, again, trailers: request.trailers,
          address: request.remote.address, derived: Object.create(request).signal === request.signal }) }
      }`,
      async ({ port }) => {
        const socket = await opened(port)
        socket.write(
          'PUT /a%2Fb/../c?d?e HTTP/1.1\r\nHost: x.example\r\nCookie: a=1\r\nX-A: 1\r\ncookie: b=2\r\nx-a:  2 \r\n' +
            'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntea\r\n0\r\nDigest: z\r\n\r\n',
        )
        const reply = await text(socket)
        expect(JSON.parse(reply.slice(reply.indexOf('\r\n\r\n')))).toEqual({
          method: 'PUT',
          target: '/a%2Fb/../c?d?e',
          mount: '',
          path: '/a%2Fb/../c',
          query: 'd?e',
          scheme: 'http',
          authority: 'x.example',
          httpVersion: '1.1',
          headers: {
            host: 'x.example',
            cookie: 'a=1; b=2',
            'x-a': '1, 2',
            connection: 'close',
            'transfer-encoding': 'chunked',
          },
          rawHeaders:
            'Host,x.example,Cookie,a=1,X-A,1,cookie,b=2,x-a,2,Connection,close,Transfer-Encoding,chunked'.split(','),
          tls: null,
          size: 3,
          before: 'undefined',
          again: 'TypeError',
          trailers: { digest: 'z' },
          address: '127.0.0.1',
          derived: true,
        })
      },
    ))

  it('answer a failure before the head with a 500 without detail, and finish', () =>
    serving(
      `export default ({ path }) => {
        if (path === '/throw') throw new Error('secret')
        return { status: 200, body: 5, finished: error => console.log('finished', error?.message) }
      }`,
      async ({ port, lines }) => {
        const thrown = await ask(port, { path: '/throw' })
        expect([thrown.response.statusCode, thrown.body]).toEqual([500, ''])
        expect((await lines.next()).value).toBe('error: secret / request failed')
        expect((await ask(port, { path: '/invalid' })).response.statusCode).toBe(500)
        expect((await lines.next()).value).toBe('error: invalid body / request failed')
        expect((await lines.next()).value).toBe('finished invalid body')
      },
    ))

  it('close the body of a response to HEAD unread', () =>
    serving(
      `export default () => ({
        status: 200,
        headers: { 'content-length': '5' },
        body: { [Symbol.iterator]: () => ({ next() { console.log('next') }, return() { console.log('return'); return {} } }) },
        finished: error => console.log('finished', error?.message),
      })`,
      async ({ port, lines }) => {
        const { response } = await ask(port, { method: 'HEAD' })
        expect(response.headers['content-length']).toBe('5')
        expect([(await lines.next()).value, (await lines.next()).value]).toEqual(['return', 'finished undefined'])
      },
    ))

  it('cut a response off whose body fails, and do not return what threw', () =>
    serving(
      `export default () => {
        let calls = 0
        const next = async () => { if (calls++) throw new Error('disk'); return { done: false, value: 'half' } }
        return {
          status: 200,
          body: { [Symbol.asyncIterator]: () => ({ next, return() { console.log('return') } }) },
          finished: error => console.log('finished', error?.message),
        }
      }`,
      async ({ port, lines }) => {
        const socket = await opened(port)
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        const reply = await text(socket)
        expect(reply).toContain('HTTP/1.1 200 OK')
        expect(reply.endsWith('0\r\n\r\n')).toBe(false)
        expect((await lines.next()).value).toBe('error: disk / request failed')
        expect((await lines.next()).value).toBe('finished disk')
      },
    ))

  it('tell a lost client in the order of the text, though next() hangs', () =>
    serving(
      `export default request => {
        request.signal.addEventListener('abort', () => console.log('abort'))
        let calls = 0
        const next = () => calls++ ? new Promise(() => {}) : Promise.resolve({ done: false, value: 'first' })
        return {
          status: 200,
          body: { [Symbol.asyncIterator]: () => ({ next, return() { console.log('return'); return new Promise(() => {}) } }) },
          finished: error => console.log('finished', error?.message),
        }
      }`,
      async ({ port, lines }) => {
        const socket = await opened(port)
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
        await once(socket, 'data')
        socket.destroy()
        const events: string[] = []
        for (let count = 0; count < 4; count++) events.push((await lines.next()).value)
        expect(events).toEqual([
          'abort',
          'return',
          'error: the client is lost / request failed',
          'finished the client is lost',
        ])
      },
    ))

  it('stop pulling while the client does not read', () =>
    serving(
      `let pulled = 0
      export default ({ path }) => path === '/pulled' ? { status: 200, body: String(pulled) } : {
        status: 200,
        body: (function* () { for (;; pulled++) yield Buffer.alloc(65536, 97) })(),
      }`,
      async ({ port }) => {
        const socket = await opened(port)
        socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n')
        await once(socket, 'readable')
        // Pulling on would neither leave the server a turn for this request nor end below what the kernel buffers.
        expect(Number((await ask(port, { path: '/pulled' })).body)).toBeLessThan(1000)
        socket.destroy()
      },
    ))

  it('send a long body whole to a client that reads', () =>
    serving(
      `export default () => ({
        status: 200,
        body: (function* () { for (let i = 0; i < 400; i++) yield Buffer.alloc(65536, 97) })(),
        finished: error => console.log('finished', error?.message),
      })`,
      async ({ port, lines }) => {
        const { response, body } = await ask(port, {})
        expect([response.statusCode, body.length]).toEqual([200, 400 * 65_536])
        expect((await lines.next()).value).toBe('finished undefined')
      },
    ))
})

describe('the examples in the package’s README', () => {
  const run = promisify(execFile)

  it('run', async () => {
    const examples = await examplesOf('packages/spec/README.md')
    expect(examples.length).toBeGreaterThan(2)
    for (const [index, code] of examples.entries()) {
      const file = join(folder, `readme-${index}.js`)
      await writeFile(file, code)
      await expect(run(process.execPath, [file], { cwd: folder, env: {} })).resolves.toMatchObject({ stderr: '' })
    }
  })
})
