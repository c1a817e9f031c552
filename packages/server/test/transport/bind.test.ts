import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { BindAddress } from '../../src/config/bind-address.ts'
import { type BoundSocket, bindAddress } from '../../src/transport/bind.ts'
import { itWithIpv6 } from '../support/available.ts'
import { applicationDirectory } from '../support/kirin-process.ts'
import { freePort } from '../support/raw-client.ts'

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

describe('bindAddress on IPv6', () => {
  itWithIpv6('binds one address, and writes it with brackets', async () => {
    const socket = await bind({ type: 'tcp', host: '::1', port: 0 })
    expect(socket.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
  })

  itWithIpv6('takes IPv4 clients on the wildcard address', async () => {
    const socket = await bind({ type: 'tcp', host: '::', port: 0 })
    expect(await remoteOf(socket, '127.0.0.1')).toBe('::ffff:127.0.0.1')
    // The descriptor belongs to the server now.
    open.splice(open.indexOf(socket), 1)
  })

  itWithIpv6('leaves IPv4 alone where the same port of IPv4 is bound, too', async () => {
    const port = await freePort()
    const both = [
      { type: 'tcp', host: '0.0.0.0', port },
      { type: 'tcp', host: '::', port },
    ] as const
    const sockets = await Promise.all(both.map(address => bindAddress(address, { all: both })))
    open.push(...sockets)
    expect(sockets.map(({ url }) => url)).toEqual([`http://0.0.0.0:${port}`, `http://[::]:${port}`])
    expect(await remoteOf(sockets[1] as BoundSocket, '::1')).toBe('::1')
    open.splice(open.indexOf(sockets[1] as BoundSocket), 1)
  })
})

/** What a server on that socket sees of a client of that host. */
async function remoteOf(socket: BoundSocket, host: string): Promise<string | undefined> {
  const server = createServer()
  open.push(server)
  await new Promise<void>(resolve => server.listen({ fd: socket.fd }, resolve))
  const client = connect(Number(new URL(socket.url).port), host)
  const [accepted] = (await once(server, 'connection')) as [Socket]
  const { remoteAddress } = accepted
  client.destroy()
  accepted.destroy()
  return remoteAddress
}

describe('bindAddress on a descriptor', () => {
  it('tells where it is bound', async () => {
    const { fd, url } = await bind(LOCAL)
    expect(await bindAddress({ type: 'fd', fd })).toMatchObject({ fd, url })
  })

  it('takes a UNIX socket, and leaves its file', async () => {
    const file = join(applicationDirectory({}), 'k.sock')
    const bound = await bind({ type: 'unix', path: file })
    const inherited = await bindAddress({ type: 'fd', fd: bound.fd })
    expect(inherited.url).toBe(`fd://${bound.fd}`)
    expect(existsSync(file)).toBe(true)
  })

  it.each([
    ['a descriptor that is not open', () => 9999, 'there is no such descriptor'],
    ['a file', () => openSync('/dev/null', 'r'), 'that descriptor is no socket'],
  ])('refuses %s', async (_, descriptor, reason) => {
    const fd = descriptor()
    await expect(bindAddress({ type: 'fd', fd })).rejects.toThrow(`cannot listen on fd://${fd}: ${reason}`)
    if (fd !== 9999) closeSync(fd)
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
