// The application and the server of spec/nsgi.md, with lint between them, over real sockets: nothing is found.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
const dist = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href)

/** Serves an application, makes requests of it, and prints every violation. */
const program = (application: string, requests: string): string => `
  import { once } from 'node:events'
  import { connect } from 'node:net'
  import { text } from 'node:stream/consumers'
  import { lint } from ${dist('lint/index.js')}
  import { createContext } from ${dist('testing/index.js')}
  import { serve } from './server.js'
  ${application}
  const onViolation = ({ requirement, role, detail }) => console.log('violation:', role, requirement, detail)
  let finished = () => {}
  const told = async (request, context) => {
    const response = await application(request, context)
    return { ...response, finished: error => finished(error) }
  }
  const server = serve(lint(told, { onViolation }), createContext())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const open = async bytes => {
    const socket = connect(server.address().port, '127.0.0.1')
    socket.write(bytes)
    return socket
  }
  const ask = async bytes => text(await open(bytes))
  ${requests}
  server.close()
`

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsgi-lint-'))
  const markdown = await readFile(new URL('../../../../spec/nsgi.md', import.meta.url), 'utf8')
  const [app, , server] = [...markdown.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, code]) => code as string)
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'app.js'), app as string)
  await writeFile(join(folder, 'server.js'), server as string)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs a program in the folder; resolves with what it printed. */
async function printedBy(application: string, requests: string): Promise<string> {
  await writeFile(join(folder, 'main.js'), program(application, requests))
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: folder, env: {} })
  return stdout
}

describe('the examples of nsgi.md', () => {
  it('answer under lint as they do without, and nothing is found', async () => {
    const printed = await printedBy(
      `import application from './app.js'`,
      `const end = 'Host: x\\r\\nCookie: a\\r\\ncookie: b\\r\\nConnection: close\\r\\n'
      console.log((await ask('GET /?x HTTP/1.1\\r\\n' + end + '\\r\\n')).split('\\r\\n')[0])
      console.log((await ask('HEAD /a%2Fb HTTP/1.1\\r\\n' + end + '\\r\\n')).split('\\r\\n')[0])
      console.log((await ask('POST / HTTP/1.1\\r\\n' + end + 'Content-Length: 3\\r\\n\\r\\ntea')).includes('TEA'))
      const chunks = 'Transfer-Encoding: chunked\\r\\n\\r\\n3\\r\\ntea\\r\\n4\\r\\ncake\\r\\n0\\r\\nDigest: z\\r\\n\\r\\n'
      console.log((await ask('POST / HTTP/1.1\\r\\n' + end + chunks)).includes('CAKE'))`,
    )
    expect(printed.split('\n')).toEqual([
      'HTTP/1.1 405 Method Not Allowed',
      'HTTP/1.1 404 Not Found',
      'true',
      'true',
      '',
    ])
  })

  it('tell a lost client in order, and nothing is found', async () => {
    const printed = await printedBy(
      `const application = () => ({
        status: 200,
        body: (async function* () { yield 'first'; await new Promise(() => {}) })(),
      })`,
      `const over = new Promise(resolve => (finished = resolve))
      const socket = await open('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
      await once(socket, 'data')
      socket.destroy()
      console.log((await over).message)
      await new Promise(setImmediate)`,
    )
    expect(printed).toBe('the client is lost\n')
  })

  it('send a body that fails, and one that is left alone, and nothing is found', async () => {
    const printed = await printedBy(
      `const application = ({ method }) => ({
        status: method === 'GET' ? 200 : 304,
        body: (async function* () { yield 'half'; throw new Error('disk') })(),
      })`,
      `const end = 'Host: x\\r\\nConnection: close\\r\\n\\r\\n'
      let over = new Promise(resolve => (finished = resolve))
      await ask('GET / HTTP/1.1\\r\\n' + end)
      console.log((await over).message)
      over = new Promise(resolve => (finished = resolve))
      await ask('HEAD / HTTP/1.1\\r\\n' + end)
      console.log(await over)
      await new Promise(setImmediate)`,
    )
    expect(printed).toBe('disk\nundefined\n')
  })

  it('are looked at: with one word changed in the server, that is found', async () => {
    const file = join(folder, 'server.js')
    const server = await readFile(file, 'utf8')
    await writeFile(file, server.replace('    query,\n', "    query: '?' + query,\n"))
    const printed = await printedBy(
      `import application from './app.js'`,
      `await ask('GET /?x HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n')`,
    )
    await writeFile(file, server)
    expect(printed).toBe(`violation: server REQ-05 query is "?x", the target's is "x"\n`)
  })
})
