// An upgrade that is not possible is an ordinary request (NSGI UPG-04), with a body perhaps; but node has stopped
// parsing, and has nothing to go on with. So the request is put back into its socket, with a name for its Upgrade
// field that node does not know, and gets its own fields back when it comes again.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { giveBack, type Switching } from './offer.ts'

/** Stands for `upgrade`. No longer than that: what was within node's limit for a head stays there. */
const MASK = 'x-upgrd'

const masked = new WeakMap<Socket, readonly string[]>()

/** Has node parse the request as an ordinary one. */
export function replay({ req, socket, head }: Switching): void {
  const { method, url, httpVersion, rawHeaders } = req
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    text += `${name.toLowerCase() === 'upgrade' ? MASK : name}: ${rawHeaders[i + 1]}\r\n`
  }
  masked.set(socket, rawHeaders)
  giveBack(socket, Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]))
}

/** Gives a request that was replayed its fields back. */
export function unmask(req: IncomingMessage): void {
  const rawHeaders = masked.get(req.socket)
  if (rawHeaders === undefined) return
  masked.delete(req.socket)
  req.rawHeaders.splice(0, req.rawHeaders.length, ...rawHeaders)
}
