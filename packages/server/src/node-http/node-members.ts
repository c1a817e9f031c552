// The inner members of node's own classes that its server uses, and this one in its place: undocumented, but the same from Node 20
// to 26. All of them are declared here and nowhere else.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { nodeHttp } from './nodes-own.ts'

/** What node's server does with a request besides what everybody may. */
export type InnerRequest = Omit<IncomingMessage, 'socket'> & {
  readonly socket: Socket
  upgrade: boolean
  joinDuplicateHeaders: boolean | null
  /** Whether somebody has begun to read; else what is left is thrown away with the response. */
  readonly _consuming: boolean
  readonly _dumped: boolean
  readonly _readableState: { readonly resumeScheduled: boolean }
  /** Sets `rawHeaders`, or `rawTrailers` once `complete`; the records are built when they are read. */
  _addHeaderLines(flat: readonly string[], count: number): void
  /** Reads on without keeping anything. */
  _dump(): void
  /** From Node 24 on. */
  _dumpAndCloseReadable?(): void
  _read(size?: number): void
  readonly [member: symbol]: unknown
}

/** What node's server does with a response besides what everybody may. */
export type InnerResponse = ServerResponse & {
  /** The connection ends with it. */
  _last: boolean
  _closed: boolean
  readonly _headerSent: boolean
  _keepAliveTimeout: number
  _maxRequestsPerSocket: number | null
  maxRequestsOnConnectionReached: boolean | undefined
  _expect_continue: boolean
  /** Told of each change in bytes that wait for the socket. */
  _onPendingData: (change: number) => void
  destroyed: boolean
  [member: symbol]: unknown
}

/** A connection's socket, as node's server keeps it. */
export type InnerSocket = Omit<Socket, 'readableFlowing'> & {
  server?: Server
  /** What reads from it. */
  parser?: object | null
  /** The response that is being written. */
  _httpMessage?: InnerResponse | null
  /** Whether reading waits until less is to be sent. */
  _paused?: boolean
  readonly _writableState?: { readonly needDrain: boolean }
  /** Libuv's stream, which a plain socket has. */
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void; getAsyncId?(): number } | null
  readableFlowing: boolean | null
}

/** What a server has besides what its types say: options, and members of later versions. */
export type InnerServer = Server & {
  readonly httpAllowHalfOpen?: boolean
  readonly joinDuplicateHeaders?: boolean
  readonly requireHostHeader?: boolean
  readonly rejectNonStandardBodyWrites?: boolean
  readonly connectionsCheckingInterval?: number
  /** From Node 24 on: how much longer the server waits than it promises, so that a request that is on its way is still read. */
  readonly keepAliveTimeoutBuffer?: number
  /** From Node 24.9 on. */
  readonly shouldUpgradeCallback?: (req: IncomingMessage) => boolean
  [member: symbol]: unknown
}

/** Node's constructor of responses, with its second parameter. */
export type ResponseClass = new (req: IncomingMessage, options: object) => ServerResponse

const noSymbol: unique symbol = Symbol('absent')

/** Node's symbol of that description; one that nothing has, in versions that do not know it. */
function symbolOf(object: object, description: string): symbol {
  return Object.getOwnPropertySymbols(object).find(one => one.description === description) ?? noSymbol
}

const major = Number.parseInt(process.versions.node, 10)

/** From Node 24 on, responses that wait for their turn are destroyed with the connection; before, nothing became of them. */
export const closesWaiting: boolean = major >= 24

/** From Node 26 on, connections that have not sent anything yet count as idle. */
export const countsFreshAsIdle: boolean = major >= 26

/** From Node 22 on, a request with more fields than `maxHeadersCount` is refused; before, the rest was left out of `headers`. */
export const refusesManyFields: boolean = major >= 22

// No response: node's trace events tell of each that is made.
const sample = new nodeHttp.OutgoingMessage()
/** Whether a write to a response returned false, and 'drain' was not emitted yet. */
export const needsDrain: symbol = symbolOf(sample, 'kNeedDrain')

const server = new nodeHttp.Server()
/** Which fields of a response may stand in it once: the option of that name, on the server and on its responses. */
export const uniqueHeaders: symbol = symbolOf(server, 'kUniqueHeaders')

/** Whether requests that announce no body end at once and without an event: the option of Node 24 of that name. */
export const optimizesEmpty: symbol = symbolOf(server, 'OptimizeEmptyRequestsOption')

/** The method by which a request of Node 24 lets its `signal` rest. */
export const detachSignal: symbol = symbolOf(nodeHttp.IncomingMessage.prototype, 'kDetachAbortSignal')
