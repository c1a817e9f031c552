// The load: wrk (a Debian package) on a core of its own.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** One shape of request, sent again and again over a number of connections. */
export interface Load {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly connections: number
  /** Body of each request: how many bytes, and what they are. */
  readonly upload: { readonly size: number; readonly kind: 'bytes' | 'json' }
  /** Header fields beside Host. */
  readonly fields: number
  /** Requests sent in a row before their answers are awaited. */
  readonly pipelined: number
  readonly tls: boolean
}

/** `GET /` over 64 connections: what is measured when nothing else is said. */
export const PLAIN: Load = {
  path: '/',
  method: 'GET',
  connections: 64,
  upload: { size: 0, kind: 'bytes' },
  fields: 0,
  pipelined: 1,
  tls: false,
}

/** As long as a busy machine may keep an answer back: what is measured is what it costs, not when it comes. */
const TIMEOUT = '30s'

const SCRIPT = fileURLToPath(new URL('../request.lua', import.meta.url))

/** Runs wrk for some seconds against a port of this machine; how many requests were answered. Throws if any failed. */
export function applyLoad(port: number, load: Load, seconds: number): number {
  const { connections, method, upload, fields, pipelined } = load
  const url = `${load.tls ? 'https' : 'http'}://127.0.0.1:${port}${load.path}`
  const script = ['-s', SCRIPT, url, '--', method, upload.size, upload.kind, fields, pipelined].map(String)
  const args = ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}`, '--timeout', TIMEOUT, ...script]
  const { status, stdout, stderr, error } = spawnSync('taskset', args, { encoding: 'utf8' })
  if (error !== undefined || status !== 0) {
    throw new Error(
      `wrk did not run: it and taskset are needed (Debian: apt-get install wrk util-linux)\n${stderr ?? ''}`,
    )
  }
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout)
  if (failed !== null) throw new Error(`not every request was answered: ${failed[0]}`)
  const requests = Number(/(\d+) requests in/.exec(stdout)?.[1])
  if (requests === 0) throw new Error(`no request was answered in ${seconds} s`)
  return requests
}
