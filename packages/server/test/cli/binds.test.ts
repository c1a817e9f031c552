// Addresses to listen on, from the command line to clients.
import { once } from 'node:events'
import { existsSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { FIRST_SOCKET } from '../../src/ipc/heartbeat.ts'
import { bindAddress } from '../../src/transport/bind.ts'
import { itWithIpv6 } from '../support/available.ts'
import { applicationDirectory, startKirin } from '../support/kirin-process.ts'
import { get } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

const APPLICATION = `export default ({ remote, local }) => ({ status: 200, body: \`<\${remote.address} \${local.port}>\` })\n`

/** What the application says of a client there. */
async function ask(where: { path: string } | { host: string; port: number }): Promise<string> {
  const client = await RawClient.open(where)
  const answer = await client.send(get()).until(/<.*>/)
  await client.close()
  return /<.*>/.exec(answer)?.[0] ?? ''
}

describe('kirin with several addresses', () => {
  it('serves all of them, each worker', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const addresses = ['127.0.0.1:0', '127.0.0.1:0', 'unix:a.sock', 'unix:b.sock'].flatMap(one => ['-b', one])
    const kirin = startKirin([...addresses, '-w', '2', 'app.mjs'], { cwd })
    const listening = await kirin.line(/Listening at http:\S+:(\d+), http:\S+:(\d+), unix:a.sock, unix:b.sock/)
    for (const port of listening.slice(1).map(Number)) {
      expect(await ask({ host: '127.0.0.1', port })).toBe(`<127.0.0.1 ${port}>`)
    }
    for (const name of ['a.sock', 'b.sock']) expect(await ask({ path: join(cwd, name) })).toBe('< null>')
    kirin.signal('SIGTERM')
    expect((await kirin.exited()).code).toBe(0)
    await kirin.allGone()
    expect(['a.sock', 'b.sock'].filter(name => existsSync(join(cwd, name)))).toEqual([])
  })

  itWithIpv6('serves IPv6', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const kirin = startKirin(['-b', '[::1]:0', '-b', '[::]:0', 'app.mjs'], { cwd })
    const [, one, all] = await kirin.line(/Listening at http:\/\/\[::1\]:(\d+), http:\/\/\[::\]:(\d+)/)
    expect(await ask({ host: '::1', port: Number(one) })).toBe(`<::1 ${one}>`)
    expect(await ask({ host: '::1', port: Number(all) })).toBe(`<::1 ${all}>`)
    expect(await ask({ host: '127.0.0.1', port: Number(all) })).toBe(`<::ffff:127.0.0.1 ${all}>`)
  })

  it('tells all that cannot be bound, and serves none', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const kirin = startKirin(['-b', '192.0.2.1:0', '-b', 'unix:k.sock', '-b', 'fd://77', 'app.mjs'], { cwd })
    expect((await kirin.exited()).code).not.toBe(0)
    await kirin.allGone()
    expect(kirin.stderr).toMatch(/cannot listen on 192\.0\.2\.1:0: no interface/)
    expect(kirin.stderr).toMatch(/cannot listen on fd:\/\/77: there is no such descriptor/)
    expect(existsSync(join(cwd, 'k.sock'))).toBe(false)
  })
})

describe('kirin with inherited sockets (fd://)', () => {
  it('serves those that are bound and those that somebody listens on already', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const path = join(cwd, 'given.sock')
    const tcp = await bindAddress({ type: 'tcp', host: '127.0.0.1', port: 0 })
    const unix = await bindAddress({ type: 'unix', path })
    const listener = createServer().listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { fd } = (listener as unknown as { _handle: { fd: number } })._handle
    const kirin = startKirin(['-b', 'fd://3', '-b', 'fd://4', '-b', 'fd://5', 'app.mjs'], {
      cwd,
      descriptors: [tcp.fd, fd, unix.fd],
    })
    const [, bound, listened] = await kirin.line(/Listening at http:\S+:(\d+), http:\S+:(\d+), fd:\/\/5/)
    // Only kirin accepts from here on.
    tcp.close()
    listener.close()
    expect(await ask({ host: '127.0.0.1', port: Number(bound) })).toBe(`<127.0.0.1 ${bound}>`)
    expect(await ask({ host: '127.0.0.1', port: Number(listened) })).toBe(`<127.0.0.1 ${listened}>`)
    expect(await ask({ path })).toBe('< null>')
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(existsSync(path)).toBe(true)
    unix.close()
    const late = connect(Number(bound), '127.0.0.1')
    expect(((await once(late, 'error')) as [NodeJS.ErrnoException])[0].code).toBe('ECONNREFUSED')
  })

  it('leaves no worker with a second descriptor of one: node marks those that it is started with close-on-exec', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const unix = await bindAddress({ type: 'unix', path: join(cwd, 'given.sock') })
    // Far behind those that a worker has sockets under.
    const kirin = startKirin(['-b', 'fd://9', 'app.mjs'], { cwd, descriptors: [0, 0, 0, 0, 0, 0].concat(unix.fd) })
    await kirin.line(/Listening at fd:\/\/9/)
    const socketOf = (pid: number, fd: string): string => readlinkSync(`/proc/${pid}/fd/${fd}`)
    const [worker = 0] = kirin.workers()
    const given = socketOf(kirin.pid, '9')
    expect(given).toMatch(/^socket:/)
    expect(readdirSync(`/proc/${worker}/fd`).filter(fd => socketOf(worker, fd) === given)).toEqual([`${FIRST_SOCKET}`])
    unix.close()
  })
})

it.each([
  ['007', 0o770],
  ['0o117', 0o660],
  ['0', 0o777],
])('--umask %s decides who may connect to a UNIX socket', async (mask, mode) => {
  const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
  const kirin = startKirin(['-b', 'unix:k.sock', '-m', mask, 'app.mjs'], { cwd })
  await kirin.line(/Listening at/)
  expect(statSync(join(cwd, 'k.sock')).mode & 0o777).toBe(mode)
})

it('--umask takes octal digits only', async () => {
  const kirin = startKirin(['--umask', '18', 'app.mjs'])
  expect((await kirin.exited()).code).toBe(1)
  await kirin.allGone()
  expect(kirin.stderr).toContain('--umask: expected an octal number from 0 to 777, got "18" (command line)')
})
