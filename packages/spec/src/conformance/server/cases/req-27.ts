import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { ProbeEvent } from '../probe-directory.ts'
import { probeRequest } from '../request.ts'
import type { ServerProcess } from '../server-process.ts'

/** Where an application is mounted: two segments, one of them encoded. */
const MOUNT = '/mounted/he%20re'

/** What there is to say where no server with a mount can be started. */
const UNMOUNTED = 'no command for a server that mounts the application was given (--mount-command)'

export const req27: readonly ConformanceCase<Bench>[] = defineCases('REQ-27', {
  'has a mount that is empty or a path, and mount + path is the whole path': async bench => {
    const targets = { '/': '/', '/a/b': '/a/b', '//a': '//a', '/a/?b': '/a/', 'http://a/b/c': '/b/c' }
    for (const [target, whole] of Object.entries(targets)) {
      const { key } = await bench.exchange({ target })
      const { mount, path } = await bench.call(key)
      expectThat(typeof mount === 'string' && /^(?:\/.*[^/])?$/.test(mount), 'mount has the wrong form', {
        seen: String(mount),
      })
      expectEqual(`${mount}${String(path)}`, whole, `mount + path of ${target}`)
    }
  },

  'gives the mount that it was told, and what follows it as the path (--mount-command)': async bench => {
    const server = await mounted(bench)
    if (server === undefined) return UNMOUNTED
    const paths = ['', '/', '/a%2Fb', '//a', '/../a', `${MOUNT}/a`]
    for (const path of paths) {
      for (const target of [MOUNT + path, `${MOUNT}${path}?b`, `http://a${MOUNT}${path}`]) {
        const call = await callOf(bench, { server, target })
        expectThat(call !== undefined, `${target} did not reach the application`)
        expectEqual(
          [call?.['mount'], call?.['path'], call?.['target']],
          [MOUNT, path, target],
          `mount, path and target`,
        )
      }
    }
    return undefined
  },

  'takes no path for one under its mount that does not have all of its segments as they are': async bench => {
    const server = await mounted(bench)
    if (server === undefined) return UNMOUNTED
    const targets = ['/', '/mounted', `${MOUNT}s`, '/mounted/he+re/a', '/mounted/he%20Re/a', `/a${MOUNT}`]
    for (const target of [...targets, `/${MOUNT}`, '/mounted%2Fhe%20re/a', '/mounted//he%20re/a']) {
      const call = await callOf(bench, { server, target })
      // Whether there is anything else than the mount, the server decides.
      if (call !== undefined) expectEqual([call['mount'], call['path']], ['', target], 'mount and path')
    }
    return undefined
  },
})

async function mounted(bench: Bench): Promise<ServerProcess | undefined> {
  const { mountCommand: command } = bench.server
  return command === undefined ? undefined : bench.shared({ command, mount: MOUNT })
}

/** The call that a request for that target leads to; `undefined` where the server answers it itself. */
async function callOf(
  bench: Bench,
  { server, target }: { readonly server: ServerProcess; readonly target: string },
): Promise<ProbeEvent | undefined> {
  const request = probeRequest({ target })
  const { status } = await (await bench.connect(server)).request(request).response()
  if (status >= 400 && server.probe.of(request.key, 'call').length === 0) return undefined
  expectEqual(status, 200, `the status (${target})`)
  return server.probe.event(request.key, { type: 'call', signal: bench.signal })
}
