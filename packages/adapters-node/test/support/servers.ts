// The servers that a behaviour is compared on. Each is started with one function, so that another is one entry more.
import { type ChildProcess, spawn } from 'node:child_process'
import { type EventEmitter, once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Application } from '@nsgi/spec'
import { toNode } from '../../src/index.ts'
import { type RecordedRequest, Records } from './records.ts'

/** A handler under test in its two forms: here, and as a module for a process of its own. */
export interface Subject {
  readonly handler: RequestListener
  /** Makes a gateway application of the handler. */
  readonly adapt: (handler: RequestListener) => Application
  /** Where `handler` reports its requests. */
  readonly recorded: EventEmitter
  /** A module whose default export is the adapted handler, and which reports to the sink. */
  readonly module: URL
}

export interface RunningServer {
  readonly port: number
  readonly records: Records
  stop(): Promise<void>
}

export interface ServerUnderTest {
  readonly name: string
  start(subject: Subject): Promise<RunningServer>
}

export const nativeServer: ServerUnderTest = {
  name: 'node:http',
  start: subject => startHere(createServer(subject.handler), subject),
}

export const bridgeServer: ServerUnderTest = {
  name: 'toNode',
  async start(subject) {
    const listener = toNode(subject.adapt(subject.handler), { log: silent })
    const server = createServer()
    listener.attach(server)
    await listener.startup()
    return startHere(server, subject)
  },
}

export const kirinServer: ServerUnderTest = { name: 'kirin', start: startKirin }

/** The servers that the adapter is compared on with the native one. */
export const gatewayServers: readonly ServerUnderTest[] = [bridgeServer, kirinServer]

const ignore = (): void => {}
const silent = { error: ignore, warn: ignore, info: ignore, debug: ignore }

/** Listens with a server in this process, whose handler reports to `records`. */
export async function startHere(server: Server, subject: Subject): Promise<RunningServer> {
  const records = new Records()
  // As it comes from a process of its own.
  const add = (record: RecordedRequest): void => records.add(JSON.parse(JSON.stringify(record)) as RecordedRequest)
  subject.recorded.on('record', add)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    records,
    async stop() {
      subject.recorded.off('record', add)
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function startKirin(subject: Subject): Promise<RunningServer> {
  const records = new Records()
  const sink = createNetServer(socket => receive(socket, records)).listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const env = { NSGI_TEST_SINK: String((sink.address() as AddressInfo).port) }
  // node:http believes no forwarded fields.
  const { port, stop } = await runKirin(subject.module, { env, args: ['--forwarded-allow-ips='] })
  return {
    port,
    records,
    async stop() {
      await stop()
      sink.close()
    },
  }
}

export interface RunningKirin {
  readonly port: number
  /** Stops it at once, or as the signal says, and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** Starts Kirin with the application that is a module's default export. */
export async function runKirin(
  module: URL,
  { env, args = [] }: { readonly env?: NodeJS.ProcessEnv; readonly args?: readonly string[] } = {},
): Promise<RunningKirin> {
  // By its place: the server depends on this package, which cannot depend on the server in turn.
  const bin = fileURLToPath(new URL('../../../server/dist/cli/bin.js', import.meta.url))
  const child = spawn(
    process.execPath,
    [bin, '--bind', '127.0.0.1:0', '--log-format', 'json', ...args, fileURLToPath(module)],
    {
      env: { PATH: process.env.PATH, ...env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe'],
    } as Parameters<typeof spawn>[2],
  )
  const port = await listeningPort(child)
  return {
    port,
    async stop(signal = 'SIGINT') {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

function receive(socket: Socket, records: Records): void {
  createInterface({ input: socket }).on('line', line => records.add(JSON.parse(line) as RecordedRequest))
}

/** The port that Kirin says it listens at; rejects with its log if it exits before. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const log: string[] = []
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream })
  return new Promise((resolve, reject) => {
    lines.on('line', line => {
      log.push(line)
      const found = /Listening at https?:\/\/127\.0\.0\.1:(\d+)/.exec(line)
      if (found) resolve(Number(found[1]))
    })
    child.once('exit', () => reject(new Error(`kirin did not start:\n${log.join('\n')}`)))
  })
}
