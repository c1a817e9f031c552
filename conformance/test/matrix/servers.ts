// The servers of the matrix in the README. Their commands are run in the root of the repository, so that reports name no machine.
import type { ProxyField } from '@nsgi/spec/conformance'
import type { Feature } from '@nsgi/spec/requirements'
import { bun } from '../commands.ts'

/** A server, and how the suite starts it. */
export interface ListedServer {
  /** Of its files: docs/conformance/<name>.json. */
  readonly name: string
  /** Its cell in the table, in Markdown. */
  readonly title: string
  readonly command: string
  readonly unixCommand: string
  readonly tlsCommand?: string
  readonly limitCommand?: string
  readonly proxyCommand?: string
  /** The fields through which it believes a proxy. */
  readonly proxyFields?: readonly ProxyField[]
  readonly mountCommand?: string
  /** What makes it reload: `HUP`. */
  readonly reloadSignal?: string
  /** Inputs are cut in two at every so manieth offset, unless the matrix is written; 1 where absent, as it is for parsers of this repository. */
  readonly cutEvery?: number
  /** What it claims. */
  readonly profiles: readonly Feature[]
  /** A list of what it cannot do, from the root of the repository. */
  readonly exceptions?: string
  /** Why it cannot be run on this machine. */
  readonly missing?: string | undefined
}

const KIRIN = 'node packages/server/dist/cli/bin.js'
const TO_NODE = 'node conformance/bridges/to-node.mjs'
const BUN = 'bun conformance/bridges/bun/server.mjs'
const TINY = 'node examples/tiny-server/server.js'

/** For servers whose parser is of somebody else. */
const SOME_CUTS = 12

/** The servers, in the order of the table. */
export const SERVERS: readonly ListedServer[] = [
  {
    name: 'kirin',
    title: '[Kirin](packages/server)',
    command: `${KIRIN} {app} --bind 127.0.0.1:{port} --workers {workers}`,
    unixCommand: `${KIRIN} {app} --bind unix:{socket}`,
    tlsCommand: `${KIRIN} {app} --bind 127.0.0.1:{port} --certfile {cert} --keyfile {key} --ca-certs {ca} --cert-reqs 1`,
    limitCommand: `${KIRIN} {app} --bind 127.0.0.1:{port} --limit-request-body {limit}`,
    proxyCommand: `${KIRIN} {app} --bind 127.0.0.1:{port} --forwarded-allow-ips 127.0.0.1 --forwarder-headers x-forwarded-for,x-forwarded-host,forwarded`,
    proxyFields: ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded'],
    mountCommand: `${KIRIN} {app} --bind 127.0.0.1:{port} --root-path {mount}`,
    reloadSignal: 'HUP',
    profiles: ['core', 'stream', 'prefork', 'upgrade', 'tls'],
  },
  {
    name: 'tiny-server',
    title: '[tiny-server](examples/tiny-server), 200 lines over `node:net`',
    command: `${TINY} {app} {port}`,
    unixCommand: `${TINY} {app} {socket}`,
    proxyCommand: `${TINY} {app} {port} '' 127.0.0.1`,
    proxyFields: ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'],
    mountCommand: `${TINY} {app} {port} {mount}`,
    profiles: ['core', 'stream', 'upgrade'],
  },
  {
    name: 'to-node',
    title: '`node:http` and `node:https`, through [`toNode`](packages/adapters-node)',
    command: `${TO_NODE} {app} {port}`,
    unixCommand: `${TO_NODE} {app} {socket}`,
    tlsCommand: `${TO_NODE} {app} {port} {cert} {key} {ca}`,
    mountCommand: `env MOUNT={mount} ${TO_NODE} {app} {port}`,
    cutEvery: SOME_CUTS,
    profiles: ['core', 'stream', 'upgrade', 'tls'],
    exceptions: 'conformance/exceptions/to-node.json',
  },
  {
    name: 'bun',
    title: '`Bun.serve`, through a [bridge](conformance/bridges/bun)',
    command: `${BUN} {app} {port}`,
    unixCommand: `${BUN} {app} {socket}`,
    tlsCommand: `${BUN} {app} {port} {cert} {key} {ca}`,
    cutEvery: SOME_CUTS,
    profiles: ['core', 'stream', 'tls'],
    exceptions: 'conformance/exceptions/bun.json',
    missing: bun === undefined ? 'bun is not installed' : undefined,
  },
]

/** The arguments of nsgi-conformance for a server. */
export function argumentsFor(server: ListedServer): readonly string[] {
  const { command, unixCommand, profiles, exceptions } = server
  const options = {
    '--tls-command': server.tlsCommand,
    '--limit-command': server.limitCommand,
    '--proxy-command': server.proxyCommand,
    '--proxy-fields': server.proxyFields?.join(','),
    '--mount-command': server.mountCommand,
    '--reload-signal': server.reloadSignal,
  }
  return [
    'server',
    '--command',
    command,
    '--unix-command',
    unixCommand,
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    '--profile',
    profiles.join(','),
    ...(exceptions === undefined ? [] : ['--exceptions', exceptions]),
  ]
}
