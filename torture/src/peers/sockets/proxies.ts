// nginx and HAProxy, real processes in front of a backend that takes down what they send on.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { observeReference } from '../../reference/reference.ts'
import { CapturingBackend, STREAM_FIELD } from './backend.ts'
import { freePort, type Peer } from './peer.ts'

/** Where that program is, `undefined` if nowhere; daemons are often not in an ordinary user's PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders
    .map(folder => join(folder, name))
    .find(path => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

interface ProxySettings {
  readonly directory: string
  readonly port: number
  readonly backend: number
}

/** nginx, as a reverse proxy with no more settings than it takes to follow a stream through it. */
export function startNginxPeer(program: string): Promise<Peer> {
  return startProxy('nginx', program, ({ directory, port, backend }) => {
    const file = join(directory, 'nginx.conf')
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    writeFileSync(
      file,
      `daemon off;
      master_process off;
      pid ${directory}/nginx.pid;
      error_log /dev/null;
      events { worker_connections 512; }
      http {
        access_log off;
        ${temporary.map(name => `${name}_temp_path ${directory}/${name};`).join('\n')}
        client_header_timeout 5s; client_body_timeout 5s; keepalive_timeout 5s; send_timeout 5s;
        server {
          listen 127.0.0.1:${port};
          location / {
            proxy_pass http://127.0.0.1:${backend};
            proxy_http_version 1.1;
            proxy_set_header Connection close;
            proxy_set_header ${STREAM_FIELD} $remote_addr:$remote_port;
            proxy_ignore_client_abort on;
          }
        }
      }`,
    )
    return ['-p', directory, '-e', '/dev/null', '-c', file]
  })
}

/** HAProxy, likewise. */
export function startHaproxyPeer(program: string): Promise<Peer> {
  return startProxy('haproxy', program, ({ directory, port, backend }) => {
    const file = join(directory, 'haproxy.cfg')
    writeFileSync(
      file,
      `global
  maxconn 512
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout http-request 5s
frontend front
  bind 127.0.0.1:${port}
  http-request set-header ${STREAM_FIELD} %[src]:%[src_port]
  default_backend back
backend back
  http-reuse never
  server kirin 127.0.0.1:${backend}
`,
    )
    return ['-db', '-f', file]
  })
}

async function startProxy(
  name: string,
  program: string,
  configure: (settings: ProxySettings) => string[],
): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), `torture-${name}-`))
  const backend = await CapturingBackend.start()
  const port = await freePort()
  const child = spawn(program, configure({ directory, port, backend: backend.port }), { stdio: 'ignore' })
  // However this process ends, it leaves no proxy behind.
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await backend.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  if (!(await answers(port, child))) {
    await stop()
    throw new Error(`${program} does not listen on port ${port}`)
  }
  let taken: string[] = []
  return {
    name,
    port,
    take(client) {
      taken = backend.captures.take(client).map(({ bytes }) => bytes)
      // A stream that is sent on is one request, or what there is of one.
      return taken.flatMap(bytes => observeReference(bytes).requests)
    },
    takeForwarded: () => taken,
    stop,
  }
}

/** Tries to connect until it works, or the process has ended. */
async function answers(port: number, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect({ port, host: '127.0.0.1' })
    const isOpen = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    })
    socket.destroy()
    if (isOpen) return true
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  return false
}
