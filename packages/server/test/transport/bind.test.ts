import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { BindAddress } from '../../src/config/bind-address.ts'
import { type BoundSocket, bindAddress } from '../../src/transport/bind.ts'
import { applicationDirectory } from '../support/kirin-process.ts'

const LOCAL = { type: 'tcp', host: '127.0.0.1', port: 0 } as const
const open: (BoundSocket | Server)[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

async function bind(address: BindAddress): Promise<BoundSocket> {
  const socket = await bindAddress(address)
  open.push(socket)
  return socket
}

async function listening(where: string | number): Promise<Server> {
  const server = createServer()
  open.push(server)
  await new Promise<void>(resolve => {
    if (typeof where === 'string') server.listen(where, resolve)
    else server.listen(where, '127.0.0.1', resolve)
  })
  return server
}

describe('bindAddress', () => {
  it('binds a free port and refuses connections until somebody listens', async () => {
    const socket = await bind(LOCAL)
    const port = Number(new URL(socket.url).port)
    expect(port).toBeGreaterThan(0)
    const early = connect(port, '127.0.0.1')
    const [error] = (await once(early, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')

    const server = createServer(client => client.end('x'))
    open.push(server)
    await new Promise<void>(resolve => server.listen({ fd: socket.fd }, resolve))
    const [data] = await once(connect(port, '127.0.0.1'), 'data')
    expect(String(data)).toBe('x')
    // The descriptor belongs to the server now.
    open.splice(open.indexOf(socket), 1)
  })

  it('resolves a name', async () => {
    expect((await bind({ ...LOCAL, host: 'localhost' })).url).toMatch(/^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d+$/)
  })

  it.each([
    ['a name that nobody knows', { ...LOCAL, host: 'nowhere.invalid' }, 'nowhere.invalid:0: the name is unknown'],
    [
      'an address of another machine',
      { ...LOCAL, host: '192.0.2.1' },
      '192.0.2.1:0: no interface of this machine has that address',
    ],
    [
      'a socket in a directory that is not there',
      { type: 'unix', path: '/nonexistent/k.sock' },
      'unix:/nonexistent/k.sock: its directory does not exist',
    ],
  ] as const)('says in one line why it cannot bind %s', async (_, address, reason) => {
    await expect(bindAddress(address)).rejects.toMatchObject({
      code: 'KIRIN_ADDRESS_UNAVAILABLE',
      message: `cannot listen on ${reason}`,
    })
  })

  it('notices a port in use although bind(2) itself is not asked about it', async () => {
    const server = await listening(0)
    const { port } = server.address() as { port: number }
    await expect(bindAddress({ ...LOCAL, port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port}: the address is already in use`,
    )
  })
})

describe('bindAddress on a UNIX socket', () => {
  const path = () => join(applicationDirectory({}), 'k.sock')

  it('makes the file, and removes it when closed', async () => {
    const file = path()
    const socket = await bindAddress({ type: 'unix', path: file })
    expect(socket.url).toBe(`unix:${file}`)
    expect(existsSync(file)).toBe(true)
    socket.close()
    expect(existsSync(file)).toBe(false)
  })

  it('replaces the file that a dead server left behind', async () => {
    const file = path()
    // Bound, never listened on: what a killed server's file answers like.
    await bind({ type: 'unix', path: file })
    const socket = await bindAddress({ type: 'unix', path: file })
    expect(existsSync(file)).toBe(true)
    socket.close()
  })

  it('leaves the file of a living server alone', async () => {
    const file = path()
    await listening(file)
    await expect(bindAddress({ type: 'unix', path: file })).rejects.toThrow(
      `cannot listen on unix:${file}: another server answers on it`,
    )
    expect(existsSync(file)).toBe(true)
  })

  it('leaves a file that is no socket alone', async () => {
    const file = path()
    writeFileSync(file, 'precious')
    await expect(bindAddress({ type: 'unix', path: file })).rejects.toThrow(
      'there is a file of that name, and it is no socket',
    )
    const directory = path()
    mkdirSync(directory)
    await expect(bindAddress({ type: 'unix', path: directory })).rejects.toThrow('it is no socket')
  })
})
