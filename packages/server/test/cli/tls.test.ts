// Whole processes over TLS: certificates from files, sessions across workers, and new files at HUP.
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { connect as connectPlainly } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { describe, expect, it } from '@jest/globals'
import { certificate, certificateFile } from '../support/certificates.ts'
import { applicationDirectory, runKirin, startServing } from '../support/kirin-process.ts'

const APPLICATION = 'export default () => ({ status: 200, body: `[${process.pid}]` })\n'
const FILES = ['--certfile', 'tls.pem', '--keyfile', 'tls.key']

/** A directory with an application, `tls.pem` and `tls.key`. */
function directoryWith(name: 'server' | 'expired' = 'server'): string {
  const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
  install(cwd, name)
  return cwd
}

function install(cwd: string, name: 'server' | 'renewed' | 'expired'): void {
  for (const kind of ['pem', 'key'] as const) cpSync(certificateFile(`${name}.${kind}`), join(cwd, `tls.${kind}`))
}

/** What one request over a connection of its own came to. */
interface Visit {
  readonly pid: number
  readonly serialNumber: string
  readonly reused: boolean
  readonly session: Buffer | undefined
}

async function visit(origin: string, options: ConnectionOptions = {}): Promise<Visit> {
  const { hostname, port } = new URL(origin)
  const socket = connect({
    host: hostname,
    port: Number(port),
    servername: 'localhost',
    ca: certificate('authority'),
    ...options,
  })
  const text = await exchange(socket)
  return {
    pid: Number(/\[(\d+)\]/.exec(text)?.[1]),
    serialNumber: socket.getPeerX509Certificate()?.serialNumber ?? '',
    reused: socket.isSessionReused(),
    session: socket.getSession(),
  }
}

/** One request, and all that comes for it; the socket is still there for questions. */
async function exchange(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  let text = ''
  while (!text.endsWith(']')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString()
  }
  // After TLS 1.3's handshake the tickets come with the first data.
  setImmediate(() => socket.destroy())
  return text
}

describe('kirin with a certificate', () => {
  it('says https where it listens, and serves', async () => {
    const { origin } = await startServing([...FILES, 'app.mjs'], { cwd: directoryWith() })
    expect(origin).toMatch(/^https:/)
    expect((await visit(origin)).pid).toBeGreaterThan(0)
  })

  it('resumes in each worker the sessions of all', async () => {
    const { kirin, origin } = await startServing([...FILES, '-w', '2', 'app.mjs'], { cwd: directoryWith() })
    await kirin.line(/Worker 0 is ready/)
    await kirin.line(/Worker 1 is ready/)
    const first = await visit(origin)
    const seen = new Set<number>([first.pid])
    const reused: boolean[] = []
    for (let { session } = first; seen.size < 2; ) {
      const visits = await Promise.all([1, 2, 3, 4].map(() => visit(origin, session ? { session } : {})))
      for (const { pid, reused: wasReused } of visits) {
        seen.add(pid)
        reused.push(wasReused)
      }
      session = visits[0]?.session
    }
    expect(reused).not.toContain(false)
  })

  it('leaves UNIX sockets without TLS', async () => {
    const cwd = directoryWith()
    const { origin } = await startServing([...FILES, '--bind', 'unix:k.sock', 'app.mjs'], { cwd })
    const { pid } = await visit(origin)
    const socket = connectPlainly(join(cwd, 'k.sock'))
    socket.end('GET / HTTP/1.0\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toContain(`[${pid}]`)
    socket.destroy()
  })

  it('warns of one that has expired', async () => {
    const { kirin } = await startServing([...FILES, 'app.mjs'], { cwd: directoryWith('expired') })
    const [line] = await kirin.line(/WARN.* The certificate in tls\.pem \(CN=localhost\) expired on Feb {2}1 .*/)
    expect(line).toContain('2020')
  })

  it('does not start when the key is that of another one: one line, exit code 1', async () => {
    const cwd = directoryWith()
    cpSync(certificateFile('shop.key'), join(cwd, 'tls.key'))
    const { code, stderr } = await runKirin([...FILES, 'app.mjs'], { cwd })
    expect(stderr).toBe('kirin: --keyfile: tls.key does not belong to the certificate in tls.pem\n')
    expect(code).toBe(1)
  })
})

describe('HUP', () => {
  it('swaps the certificate under load: no request fails', async () => {
    const cwd = directoryWith()
    const { kirin, origin } = await startServing([...FILES, '-w', '2', 'app.mjs'], { cwd })
    const { serialNumber: old } = await visit(origin)
    install(cwd, 'renewed')
    kirin.signal('SIGHUP')
    // Each visitor goes on until it has seen the new certificate ten times; whatever fails in between fails the test.
    const visitor = async (): Promise<void> => {
      for (let fresh = 0; fresh < 10; ) {
        const { serialNumber, pid } = await visit(origin)
        expect(pid).toBeGreaterThan(0)
        if (serialNumber !== old) fresh++
      }
    }
    await Promise.all([visitor(), visitor(), visitor(), visitor()])
    await kirin.line(/Read the certificate again: in use from now on/)
  })

  it('has it used by the old workers, too, when new ones cannot boot, and their open connections go on', async () => {
    const cwd = directoryWith()
    const { kirin, origin } = await startServing([...FILES, 'app.mjs'], { cwd })
    const before = await visit(origin)
    const { hostname, port } = new URL(origin)
    const ca = certificate('authority')
    const kept = connect({ host: hostname, port: Number(port), servername: 'localhost', ca })
    await once(kept, 'secureConnect')
    install(cwd, 'renewed')
    rmSync(join(cwd, 'app.mjs'))
    kirin.signal('SIGHUP')
    await kirin.line(/Reload failed, the old workers go on \(1\): .*app\.mjs/)
    const after = await visit(origin)
    expect(after.pid).toBe(before.pid)
    expect(after.serialNumber).not.toBe(before.serialNumber)
    expect(await exchange(kept)).toContain(`[${before.pid}]`)
  })

  it('keeps what is in use when the new files cannot be used, and says why', async () => {
    const cwd = directoryWith()
    const { kirin, origin } = await startServing([...FILES, 'app.mjs'], { cwd })
    const before = await visit(origin)
    cpSync(certificateFile('renewed.pem'), join(cwd, 'tls.pem'))
    kirin.signal('SIGHUP')
    await kirin.line(
      /ERROR.* The certificates in use stay: --keyfile: tls\.key does not belong to the certificate in tls\.pem/,
    )
    await kirin.line(/Reloaded/)
    expect((await visit(origin)).serialNumber).toBe(before.serialNumber)
  })
})
