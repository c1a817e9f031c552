// node's own parser, as `node:http` drives it, without its server: the peer that can keep up with millions of streams.
import { createRequire } from 'node:module'
import type { Observation } from '../observation.ts'

interface NodeParser {
  initialize(type: number, resource: object, maxHeaderSize?: number, lenient?: number): void
  execute(bytes: Uint8Array): number | ParserError | undefined
  finish(): number | ParserError | undefined
  close(): void
  [callback: number]: unknown
}

interface ParserError extends Error {
  readonly code: string
}

interface NodeParserClass {
  new (): NodeParser
  readonly REQUEST: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

/** What is used of node's undocumented module: the class that `node:http` itself makes its parsers of. */
interface HttpCommon {
  readonly HTTPParser: NodeParserClass
  readonly methods: readonly string[]
  /** By number, with those of RTSP; newer Nodes have it. */
  readonly allMethods?: readonly string[]
}

const { HTTPParser, methods, allMethods } = createRequire(import.meta.url)('_http_common') as HttpCommon

/** llhttp's number of the method that came after those of RTSP, which node's list leaves out. */
const QUERY = 46

interface Message {
  method: string
  target: string
  body: string
  whole: boolean
  /** Whether it asks to leave HTTP, as a CONNECT always does, and whether the connection may go on after it. */
  upgrade: boolean
  keepAlive: boolean
}

/** What node's parser, strict as `node:http` has it by default, makes of these reads and the end behind them. */
export function observeNodeParser(pieces: readonly Buffer[]): Observation {
  const watched = new WatchedParser()
  for (const piece of pieces) {
    watched.execute(piece)
    if (watched.stopped !== undefined) break
  }
  return watched.finish()
}

class WatchedParser {
  readonly messages: Message[] = []
  stopped: Pick<Observation, 'end' | 'reason'> | undefined
  private parser = this.make()

  execute(piece: Buffer): void {
    const used = this.parser.execute(piece)
    if (typeof used === 'object') {
      const { code } = used
      this.stopped = { end: code === 'HPE_CLOSED_CONNECTION' ? 'closed' : 'refused', reason: code }
      return
    }
    const last = this.messages.at(-1)
    if (last === undefined || !last.upgrade) return
    if (last.method === 'CONNECT') this.stopped = { end: 'closed', reason: '' }
    else if (last.whole) this.passOver(last, piece, used)
    // Of a message with an offer to upgrade node's binding keeps errors for itself: it only stops early.
    else if (used !== undefined && used !== piece.length) this.stopped = { end: 'refused', reason: 'HPE_UNTOLD' }
  }

  finish(): Observation {
    const { messages } = this
    let { stopped } = this
    if (stopped === undefined) {
      const failed = this.parser.finish()
      const broken = typeof failed === 'object' || messages.at(-1)?.whole === false
      stopped = broken ? { end: 'refused', reason: 'HPE_INVALID_EOF_STATE' } : { end: 'ended', reason: '' }
    }
    this.parser.close()
    return { requests: messages, ...stopped }
  }

  /** An offer to upgrade that nobody takes: the next message is a fresh parser's. */
  private passOver(last: Message, piece: Buffer, used: number | undefined): void {
    last.upgrade = false
    if (!last.keepAlive) {
      this.stopped = { end: 'closed', reason: '' }
      return
    }
    this.parser.close()
    this.parser = this.make()
    if (used !== undefined && used < piece.length) this.execute(piece.subarray(used))
  }

  private make(): NodeParser {
    const { messages } = this
    const parser = new HTTPParser()
    parser.initialize(HTTPParser.REQUEST, {}, 0, 0)
    let target = ''
    parser[HTTPParser.kOnHeaders] = (_fields: unknown, url: string) => {
      target += url
    }
    parser[HTTPParser.kOnHeadersComplete] = (...[, , , method, url, , , upgrade, keepAlive]: HeadersComplete) => {
      const name = allMethods?.[method] ?? (method === QUERY ? 'QUERY' : (methods[method] ?? ''))
      messages.push({ method: name, target: target + (url ?? ''), body: '', whole: false, upgrade, keepAlive })
      target = ''
      return 0
    }
    parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
      const message = messages.at(-1)
      if (message !== undefined) message.body += bytes.toString('latin1')
    }
    parser[HTTPParser.kOnMessageComplete] = () => {
      const message = messages.at(-1)
      if (message !== undefined) message.whole = true
      // Trailers come by `kOnHeaders` too.
      target = ''
    }
    return parser
  }
}

/** Major and minor version, fields, method, target, two of responses alone, whether to upgrade, whether to stay. */
type HeadersComplete = [number, number, unknown, number, string | undefined, unknown, unknown, boolean, boolean]
