// The WebSocket application of docs/guide.md, run as it stands there.
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { runKirin } from '../support/servers.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nsgi-guide-'))
  const modules: readonly (readonly [string, string])[] = [
    ['@nsgi/adapters-node', 'packages/adapters-node'],
    ['ws', 'packages/adapters-node/node_modules/ws'],
  ]
  for (const [name, place] of modules) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(root, place), link)
  }
  const guide = await readFile(join(root, 'docs/guide.md'), 'utf8')
  const block = /^ {4}\/\/ sockets\.js\n(?: {4}.*\n|\n)+/m.exec(guide)?.[0] ?? ''
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, 'sockets.js'), block.replaceAll(/^ {4}/gm, ''))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the WebSocket application of the guide', () => {
  it('echoes, answers ordinary requests, and tells its clients to come back when its worker stops', async () => {
    const { port, stop } = await runKirin(pathToFileURL(join(folder, 'sockets.js')))
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('connect a WebSocket\n')
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    await once(socket, 'open')
    socket.send('hello')
    expect(String((await once(socket, 'message'))[0])).toBe('hello')
    const closed = once(socket, 'close')
    await stop('SIGTERM')
    expect((await closed)[0]).toBe(1012)
  })
})
