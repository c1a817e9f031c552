// What the master and a worker say to each other, checked where it arrives: the application runs in the worker too, and
// may send messages of its own over the same channel (as programs made for other process managers do).
import * as v from 'valibot'
import type { BindAddress } from '../config/bind-address.ts'
import type { Settings } from '../config/settings.ts'
import { NO_TRAFFIC, type Traffic } from '../metrics/traffic.ts'

/** Marks a message as ours. */
const envelope = { kirin: v.literal(1) }

/** The settings that a worker is told: all of them. Times in seconds. */
export type WorkerSettings = Settings

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
  readonly clientCertificates: Settings['certReqs']
  /** A list in OpenSSL's format; `null` for node's. */
  readonly ciphers: string | null
  /** What session tickets are sealed with, in base64: one for all workers, so that each resumes the sessions of all. */
  readonly ticketKeys: string
}

/** Who a process is. */
export interface Account {
  readonly uid: number
  readonly gid: number
  /** The user whose other groups it is in as well; `null` for none. */
  readonly groupsOf: string | null
}

/** Everything a worker is told when it starts. */
export interface BootOrder {
  /** Of the master; none in that of an early one. A worker of another version has settings that the master does not know of. */
  readonly version?: string | undefined
  /** The worker's number. */
  readonly slot: number
  /** What the process is called in `ps`. */
  readonly title: string
  /** As on the command line: `app.js:export`. */
  readonly application: string
  /** Whether that is a program that listens by itself (`kirin run`), and runs in this process already. */
  readonly isProgram?: boolean | undefined
  /** Inherited descriptors of bound sockets. */
  readonly descriptors: readonly number[]
  readonly settings: WorkerSettings
  /** `null` where plain HTTP is spoken. */
  readonly tls: TlsMaterial | null
  /** Who it is to become before it loads anything of the application. */
  readonly account?: Account | null | undefined
  /** The configuration file, absolute, where it has hooks for workers. */
  readonly hooksFile?: string | null | undefined
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

/** Where a program wants to listen. */
export interface WantedAddress {
  readonly address: BindAddress
  /** Whether it named no host: then all of IPv4 will do where there is no IPv6. */
  readonly isAny: boolean
  /** How many of its servers wanted the same before: another free port is another socket. */
  readonly nth: number
  /** Whether it is the first that the program wants: what the operator named is for that one. */
  readonly isFirst: boolean
}

/** What came of that. */
export type BindAnswer =
  /** `isHanded`: the socket comes with this message; else the worker was started with it. */
  | { readonly url: string; readonly isHanded: boolean }
  /** `code` is the system's (`EADDRINUSE`), where it told. */
  | { readonly failure: string; readonly code: string | null }

/** What a worker tells of itself with every heartbeat. */
export interface WorkerStats {
  /** Requests that began since its start. */
  readonly requests: number
  /** Requests whose response is not over. */
  readonly active: number
  /** Open connections, idle ones too. */
  readonly connections: number
  /** Resident size in bytes. */
  readonly rss: number
  /** Which part of the time since the last heartbeat it was at work, from 0 to 1. */
  readonly busyness: number
  /** What came of its requests since its start; `null` where nobody wants to know. */
  readonly traffic: Traffic | null
}

/** From the master to a worker. */
export type ToWorker =
  | { readonly type: 'boot'; readonly order: BootOrder }
  | { readonly type: 'reopen-logs' }
  /** Others serve on: the stop that is asked for may take its time, so that no request crosses it. */
  | { readonly type: 'linger' }
  /** For handshakes from now on. */
  | { readonly type: 'renew-tls'; readonly tls: TlsMaterial }
  /** The answer to `bind` of that number. */
  | { readonly type: 'bound'; readonly number: number; readonly answer: BindAnswer }

/** From a worker to the master. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly failure: BootFailure }
  /** It has served as much as it should, and goes on until its successor is ready; the text completes "the worker …". */
  | { readonly type: 'spent'; readonly reason: string }
  /** It began to stop although the master did not ask (`isFault`: for a bug of the application's): a replacement is due now, not when it has gone. */
  | { readonly type: 'stopping'; readonly reason: string; readonly isFault?: boolean | undefined }
  /** Its event loop goes round. */
  | { readonly type: 'beat'; readonly stats: WorkerStats }
  /** Its program listens: the master is to bind, or to give what it has bound. */
  | { readonly type: 'bind'; readonly number: number; readonly wanted: WantedAddress }

/** They were checked where they were read; see `worker/boot-order.ts` for those of another version. */
const settings = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((given): WorkerSettings => given as unknown as WorkerSettings),
)

const tlsMaterial = v.object({
  certificates: v.array(v.object({ cert: v.string(), key: v.string() })),
  ca: v.nullable(v.string()),
  clientCertificates: v.picklist(['none', 'optional', 'required']),
  ciphers: v.nullable(v.string()),
  ticketKeys: v.string(),
})

const account = v.object({ uid: v.number(), gid: v.number(), groupsOf: v.nullable(v.string()) })

const bootOrder = v.object({
  version: v.optional(v.string()),
  slot: v.number(),
  title: v.string(),
  application: v.string(),
  isProgram: v.optional(v.boolean()),
  descriptors: v.array(v.number()),
  settings,
  tls: v.nullable(tlsMaterial),
  account: v.optional(v.nullable(account)),
  hooksFile: v.optional(v.nullable(v.string())),
})

const toWorker: v.GenericSchema<unknown, ToWorker> = v.variant('type', [
  v.object({ ...envelope, type: v.literal('boot'), order: bootOrder }),
  v.object({ ...envelope, type: v.literal('reopen-logs') }),
  v.object({ ...envelope, type: v.literal('linger') }),
  v.object({ ...envelope, type: v.literal('renew-tls'), tls: tlsMaterial }),
  v.object({
    ...envelope,
    type: v.literal('bound'),
    number: v.number(),
    answer: v.union([
      v.object({ url: v.string(), isHanded: v.boolean() }),
      v.object({ failure: v.string(), code: v.nullable(v.string()) }),
    ]),
  }),
])

const bootFailure = v.object({ message: v.string(), detail: v.nullable(v.string()), exitCode: v.number() })

/** A worker of another version may count otherwise: then its numbers cannot be added to the others', and it still has a heartbeat. */
const traffic: v.GenericSchema<unknown, Traffic | null> = v.fallback(
  v.nullable(
    v.object({
      latencies: v.pipe(v.array(v.number()), v.length(NO_TRAFFIC.latencies.length)),
      time: v.number(),
      statuses: v.pipe(v.array(v.number()), v.length(NO_TRAFFIC.statuses.length)),
    }),
  ),
  null,
)

const workerStats = v.object({
  requests: v.number(),
  active: v.number(),
  connections: v.number(),
  rss: v.number(),
  busyness: v.number(),
  traffic,
})

const wantedAddress = v.object({
  address: v.variant('type', [
    v.object({ type: v.literal('tcp'), host: v.string(), port: v.number() }),
    v.object({ type: v.literal('unix'), path: v.string() }),
    v.object({ type: v.literal('fd'), fd: v.number() }),
  ]),
  isAny: v.boolean(),
  nth: v.number(),
  isFirst: v.boolean(),
})

const fromWorker: v.GenericSchema<unknown, FromWorker> = v.variant('type', [
  v.object({ ...envelope, type: v.literal('ready') }),
  v.object({ ...envelope, type: v.literal('failed'), failure: bootFailure }),
  v.object({ ...envelope, type: v.literal('spent'), reason: v.string() }),
  v.object({ ...envelope, type: v.literal('stopping'), reason: v.string(), isFault: v.optional(v.boolean()) }),
  v.object({ ...envelope, type: v.literal('beat'), stats: workerStats }),
  v.object({ ...envelope, type: v.literal('bind'), number: v.number(), wanted: wantedAddress }),
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
