// What the master and a worker say to each other, checked where it arrives: the application runs in the worker too, and
// may send messages of its own over the same channel (as programs made for other process managers do).
import * as v from 'valibot'

/** Marks a message as ours. */
const envelope = { kirin: v.literal(1) }

/** The settings that a worker needs. All times in seconds. */
export interface WorkerSettings {
  readonly backlog: number
  readonly workerConnections: number
  readonly gracefulTimeout: number
  readonly keepAlive: number
  readonly limitRequestLine: number
  readonly limitRequestFields: number
  readonly limitRequestFieldSize: number
  readonly limitRequestHead: number
  readonly limitRequestBody: number
  readonly firstDataTimeout: number
  readonly clientHeaderTimeout: number
  readonly clientBodyTimeout: number
  readonly sendTimeout: number
  readonly httpProtocols: 'h1' | 'h1,h2'
  readonly http2MaxConcurrentStreams: number
  readonly http2InitialWindowSize: number
  readonly http2MaxFrameSize: number
  readonly lint: boolean
  readonly forwardedAllowIps: readonly string[]
  readonly forwarderHeaders: readonly ('x-forwarded-for' | 'x-forwarded-host' | 'forwarded')[]
  readonly secureSchemeHeaders: readonly string[]
  readonly proxyProtocol: 'off' | 'v1' | 'v2' | 'auto'
  readonly proxyAllowIps: readonly string[]
  readonly accessLogfile: string | null
  readonly accessLogformat: string
  readonly errorLogfile: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'fatal'
  readonly logFormat: 'text' | 'json'
}

/** A certificate with the chain behind it, and its key; PEM. */
export interface CertificateAndKey {
  readonly cert: string
  readonly key: string
}

/** What a worker needs to speak TLS. The master reads the files, so that a worker needs no right to read a key. */
export interface TlsMaterial {
  /** The first one is for clients that name no host, or one that no certificate is for. */
  readonly certificates: readonly CertificateAndKey[]
  /** The authorities that clients' certificates must come from; PEM. */
  readonly ca: string | null
  readonly clientCertificates: 'none' | 'optional' | 'required'
  /** A list in OpenSSL's format; `null` for node's. */
  readonly ciphers: string | null
  /** What session tickets are sealed with, in base64: one for all workers, so that each resumes the sessions of all. */
  readonly ticketKeys: string
}

/** Everything a worker is told when it starts. */
export interface BootOrder {
  /** The worker's number. */
  readonly slot: number
  /** What the process is called in `ps`. */
  readonly title: string
  /** As on the command line: `app.js:export`. */
  readonly application: string
  /** Inherited descriptors of bound sockets. */
  readonly descriptors: readonly number[]
  readonly settings: WorkerSettings
  /** `null` where plain HTTP is spoken. */
  readonly tls: TlsMaterial | null
}

/** Why a worker could not boot. */
export interface BootFailure {
  /** One line for the operator. */
  readonly message: string
  /** The stack or the like, shown with `--log-level debug`. */
  readonly detail: string | null
  /** What the master exits with when nothing else ever ran. */
  readonly exitCode: number
}

/** From the master to a worker. */
export type ToWorker =
  | { readonly type: 'boot'; readonly order: BootOrder }
  | { readonly type: 'reopen-logs' }
  /** For handshakes from now on. */
  | { readonly type: 'renew-tls'; readonly tls: TlsMaterial }

/** From a worker to the master. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly failure: BootFailure }
  /** It began to stop although the master did not ask: a replacement is due now, not when it has gone. */
  | { readonly type: 'stopping'; readonly reason: string }

const settings = v.object({
  backlog: v.number(),
  workerConnections: v.number(),
  gracefulTimeout: v.number(),
  keepAlive: v.number(),
  limitRequestLine: v.number(),
  limitRequestFields: v.number(),
  limitRequestFieldSize: v.number(),
  limitRequestHead: v.number(),
  limitRequestBody: v.number(),
  firstDataTimeout: v.number(),
  clientHeaderTimeout: v.number(),
  clientBodyTimeout: v.number(),
  sendTimeout: v.number(),
  httpProtocols: v.picklist(['h1', 'h1,h2']),
  http2MaxConcurrentStreams: v.number(),
  http2InitialWindowSize: v.number(),
  http2MaxFrameSize: v.number(),
  lint: v.boolean(),
  forwardedAllowIps: v.array(v.string()),
  forwarderHeaders: v.array(v.picklist(['x-forwarded-for', 'x-forwarded-host', 'forwarded'])),
  secureSchemeHeaders: v.array(v.string()),
  proxyProtocol: v.picklist(['off', 'v1', 'v2', 'auto']),
  proxyAllowIps: v.array(v.string()),
  accessLogfile: v.nullable(v.string()),
  accessLogformat: v.string(),
  errorLogfile: v.string(),
  logLevel: v.picklist(['debug', 'info', 'warn', 'error', 'fatal']),
  logFormat: v.picklist(['text', 'json']),
})

const tlsMaterial = v.object({
  certificates: v.array(v.object({ cert: v.string(), key: v.string() })),
  ca: v.nullable(v.string()),
  clientCertificates: v.picklist(['none', 'optional', 'required']),
  ciphers: v.nullable(v.string()),
  ticketKeys: v.string(),
})

const bootOrder = v.object({
  slot: v.number(),
  title: v.string(),
  application: v.string(),
  descriptors: v.array(v.number()),
  settings,
  tls: v.nullable(tlsMaterial),
})

const toWorker: v.GenericSchema<unknown, ToWorker> = v.variant('type', [
  v.object({ ...envelope, type: v.literal('boot'), order: bootOrder }),
  v.object({ ...envelope, type: v.literal('reopen-logs') }),
  v.object({ ...envelope, type: v.literal('renew-tls'), tls: tlsMaterial }),
])

const bootFailure = v.object({ message: v.string(), detail: v.nullable(v.string()), exitCode: v.number() })

const fromWorker: v.GenericSchema<unknown, FromWorker> = v.variant('type', [
  v.object({ ...envelope, type: v.literal('ready') }),
  v.object({ ...envelope, type: v.literal('failed'), failure: bootFailure }),
  v.object({ ...envelope, type: v.literal('stopping'), reason: v.string() }),
])

/** Wraps a message for the channel. */
export function envelop(message: ToWorker | FromWorker): { readonly kirin: 1 } & (ToWorker | FromWorker) {
  return { kirin: 1, ...message }
}

/** Reads what a worker got; `undefined` for whatever is not from a master of this kind. */
export function readToWorker(received: unknown): ToWorker | undefined {
  const result = v.safeParse(toWorker, received)
  return result.success ? result.output : undefined
}

/** Reads what a master got; `undefined` for whatever is not from a worker of this kind. */
export function readFromWorker(received: unknown): FromWorker | undefined {
  const result = v.safeParse(fromWorker, received)
  return result.success ? result.output : undefined
}
