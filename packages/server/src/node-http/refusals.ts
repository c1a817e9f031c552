// What a worker cannot take over of a program: it is said in one line, where the program asks for it.
import cluster from 'node:cluster'
import http2 from 'node:http2'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

type Refuse = (why: string) => void
type Members = Record<string, (...given: never[]) => unknown>

const TLS = 'listens with https: Kirin speaks TLS itself, so give it --certfile and let the program listen with http'
const HTTP2 = 'listens with http2: Kirin speaks HTTP/2 itself, so let the program listen with http'
const CLUSTER = 'forks workers by node:cluster: that is what Kirin does, so start it without and give --workers'

/** Has servers of other kinds, and `cluster`, refused in this process. */
export function refuseOthers(refuse: Refuse): void {
  const refusing = (why: string) => (): never => {
    refuse(why)
    throw Object.assign(new Error(`the program ${why}`), { code: 'KIRIN_CANNOT_TAKE_OVER' })
  }
  Object.assign(https.Server.prototype, { listen: refusing(TLS) })
  // Their classes are not exported.
  const makers = http2 as unknown as Members
  for (const name of ['createServer', 'createSecureServer']) {
    const make = makers[name] as (...given: unknown[]) => object
    makers[name] = (...given: unknown[]) => Object.assign(make(...given), { listen: refusing(HTTP2) })
  }
  Object.assign(cluster, { fork: refusing(CLUSTER) })
  syncBuiltinESMExports()
}
