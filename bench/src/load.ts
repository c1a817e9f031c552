// The load: wrk (a Debian package) on a core of its own.
import { spawnSync } from 'node:child_process'

export interface Load {
  readonly connections: number
  readonly seconds: number
}

/** Runs wrk against `GET /` on a port of this machine; how many requests were answered. Throws if any failed. */
export function applyLoad(port: number, { connections, seconds }: Load): number {
  const args = ['-c', '1', 'wrk', '-t1', `-c${connections}`, `-d${seconds}`, `http://127.0.0.1:${port}/`]
  const { status, stdout, error } = spawnSync('taskset', args, { encoding: 'utf8' })
  if (error !== undefined || status !== 0) {
    throw new Error('wrk did not run: it and taskset are needed (Debian: apt-get install wrk util-linux)')
  }
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(stdout)
  if (failed !== null) throw new Error(`not every request was answered: ${failed[0]}`)
  return Number(/(\d+) requests in/.exec(stdout)?.[1])
}
