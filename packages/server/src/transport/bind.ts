// Binds listening sockets without listening: the master holds them, the workers accept on them.
//
// The one file that uses Node's private `net._createServerHandle`. A public `net.Server` accepts as soon as it listens,
// so a master that used one would take clients itself; this call binds and stops there (docs/decisions, process model).
import { lookup } from 'node:dns/promises'
import { fstatSync, lstatSync, statSync, unlinkSync } from 'node:fs'
import * as net from 'node:net'
import { dirname, resolve } from 'node:path'
import { getSystemErrorName } from 'node:util'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'

/** A bound socket. It takes no connection until somebody listens on its descriptor. */
export interface BoundSocket {
  /** To be inherited by workers. */
  readonly fd: number
  /** What it was bound for, as on the command line. */
  readonly name: string
  /** Where it is bound, with the port that the system chose for port 0: `http://127.0.0.1:8000`, `unix:/run/k.sock`. */
  readonly url: string
  /** What a message to another process can carry (`child.send(message, handle)`). */
  readonly handle: object
  /**
   * Binds the same address once more (SO_REUSEPORT): the kernel spreads connections over all of them that are listened on. Only for TCP, and
   * where that was asked for; throws BindError.
   */
  readonly sibling?: (() => BoundSocket) | undefined
  /** Whether it was taken over from another master, which may still have it. */
  readonly isInherited?: boolean
  /**
   * Closes the descriptor and removes the socket's file.
   *
   * @param isShared whether another process has the socket as well: then the file stays, and so may the descriptor until this process ends
   */
  close(isShared?: boolean): void
}

/** Why an address cannot be bound, as one line for the operator. `cause` carries the system's error where there is one. */
export class BindError extends Error {
  override readonly name = 'BindError'
  readonly code = 'KIRIN_ADDRESS_UNAVAILABLE'
}

interface SocketName {
  address?: string
  port?: number
  family?: string
}

/** libuv's handle, as far as it is used here. */
interface ServerHandle {
  readonly fd: number
  getsockname?(into: SocketName): number
  getpeername?(into: SocketName): number
  close(): void
}

/**
 * Gives a bound handle, or a negative errno. `-1, -1` as port and family make a UNIX socket, as in node:net itself; a
 * descriptor stands alone.
 */
type CreateServerHandle = (...words: BindWords) => ServerHandle | number
type BindWords =
  | [address: string, port: number, family: 4 | 6 | -1, fd?: undefined, flags?: number]
  | [null, 0, null, number]

/** libuv's UV_TCP_IPV6ONLY. */
const IPV6_ONLY = 1

/** libuv's UV_TCP_REUSEPORT: Node knows it from 22.12 on. */
const REUSE_PORT = 2

/** How an address is bound. */
export interface BindOptions {
  /** The addresses that are bound together: `[::]` leaves the port of IPv4 to one that asks for that. */
  readonly all?: readonly BindAddress[]
  /** Whether it is to be bound more than once. */
  readonly reusePort?: boolean
}

const createServerHandle = (net as unknown as { readonly _createServerHandle?: CreateServerHandle })._createServerHandle

const EXPLANATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'no interface of this machine has that address',
  EAFNOSUPPORT: 'this machine does not speak that address family',
}

/**
 * Binds one address.
 *
 * @throws BindError with one line that names the address and the reason
 */
export async function bindAddress(
  address: BindAddress,
  { all = [], reusePort = false }: BindOptions = {},
): Promise<BoundSocket> {
  if (address.type === 'unix') return bindUnix(address.path)
  if (address.type === 'fd') return openInherited(address)
  const { host, family } = await resolveHost(address)
  const only = all.some(other => isIpv4Twin(other, address)) ? IPV6_ONLY : 0
  const flags = only | (reusePort ? REUSE_PORT : 0)
  return bindTcp(address, { host, port: address.port, family, flags })
}

function bindTcp(
  address: BindAddress & { type: 'tcp' },
  where: { readonly host: string; readonly port: number; readonly family: 4 | 6; readonly flags: number },
): BoundSocket {
  const { host, family, flags } = where
  const handle = create(address, [host, where.port, family, undefined, flags])
  const name: SocketName = {}
  // libuv keeps EADDRINUSE of bind(2) back until listen(2); the socket then has no name.
  if (handle.getsockname?.(name) !== 0 || name.port === undefined || name.port === 0) {
    handle.close()
    throw unavailable(address, EXPLANATIONS['EADDRINUSE'] ?? '', 'EADDRINUSE')
  }
  const { port } = name
  const sibling = (flags & REUSE_PORT) === 0 ? undefined : () => bindTcp(address, { host, port, family, flags })
  return {
    fd: handle.fd,
    name: formatBindAddress(address),
    url: urlOf(name),
    handle,
    sibling,
    close: () => handle.close(),
  }
}

function isIpv4Twin(other: BindAddress, { host, port }: BindAddress & { type: 'tcp' }): boolean {
  return other.type === 'tcp' && host === '::' && other.port === port && net.isIPv4(other.host)
}

function urlOf({ address, port, family }: SocketName): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

/** Takes over a socket that somebody else bound. Its file, if it has one, is left where it is. */
function openInherited(address: BindAddress & { type: 'fd' }): BoundSocket {
  const { fd } = address
  try {
    if (!fstatSync(fd).isSocket()) throw unavailable(address, 'that descriptor is no socket')
  } catch (cause) {
    if (cause instanceof BindError) throw cause
    throw unavailable(address, 'there is no such descriptor', cause)
  }
  const handle = create(address, [null, 0, null, fd])
  const name: SocketName = {}
  const isConnection = handle.getpeername?.({}) === 0
  const isNamed = handle.getsockname?.(name) === 0 && name.port !== undefined && name.port > 0
  if (isConnection || (handle.getsockname !== undefined && !isNamed)) {
    handle.close()
    throw unavailable(
      address,
      isConnection ? 'that socket is a connection, it cannot listen' : 'that socket is not bound',
    )
  }
  const url = isNamed ? urlOf(name) : `fd://${fd}`
  return { fd, name: formatBindAddress(address), url, handle, close: () => handle.close() }
}

/** Binds once more what is bound already, wherever that is. */
function bindBeside(
  address: BindAddress & { type: 'tcp' },
  { handle }: BoundSocket,
  { all = [] }: BindOptions,
): BoundSocket {
  const where: SocketName = {}
  ;(handle as ServerHandle).getsockname?.(where)
  const only = all.some(other => isIpv4Twin(other, address)) ? IPV6_ONLY : 0
  const { address: host = address.host, port = address.port } = where
  return bindTcp(address, { host, port, family: where.family === 'IPv6' ? 6 : 4, flags: only | REUSE_PORT })
}

async function resolveHost(address: BindAddress & { type: 'tcp' }): Promise<{ host: string; family: 4 | 6 }> {
  const known = net.isIP(address.host)
  if (known === 4 || known === 6) return { host: address.host, family: known }
  try {
    const found = await lookup(address.host)
    return { host: found.address, family: found.family === 6 ? 6 : 4 }
  } catch (cause) {
    throw unavailable(address, 'the name is unknown', cause)
  }
}

async function bindUnix(path: string): Promise<BoundSocket> {
  const address = { type: 'unix', path } as const
  await removeStaleSocket(address)
  // libuv reports a missing directory as EACCES.
  if (statSync(dirname(path), { throwIfNoEntry: false }) === undefined) {
    throw unavailable(address, 'its directory does not exist')
  }
  const handle = create(address, [socketFileAt(path), -1, -1])
  const close = (isShared = false): void => {
    // Closing removes the file: libuv remembers the path it bound. The end of the process does not.
    if (!isShared) handle.close()
  }
  return { fd: handle.fd, name: formatBindAddress(address), url: `unix:${path}`, handle, close }
}

/**
 * Takes over a socket that another master bound for that address.
 *
 * @throws BindError when there is none under that descriptor
 */
export function adoptSocket(address: BindAddress, fd: number, options: BindOptions = {}): BoundSocket {
  const bound = openInherited({ type: 'fd', fd })
  const name = formatBindAddress(address)
  if (address.type === 'tcp' && options.reusePort === true) {
    return { ...bound, name, sibling: () => bindBeside(address, bound, options) }
  }
  if (address.type !== 'unix') return { ...bound, name }
  const path = resolve(address.path)
  const close = (isShared = false): void => {
    bound.close()
    // Unlike the handle that bound it, this one does not remember the file.
    if (!isShared && lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path)
  }
  return { ...bound, name, url: `unix:${address.path}`, close }
}

/** Bytes of a path that the system takes for a socket (unix(7)); libuv refuses a longer one. */
const LONGEST_PATH = 107

/**
 * The path to bind: absolute, since its file is removed by it, and whoever bound it may be in another directory by then. One that is too
 * long so is left as it is.
 */
export function socketFileAt(path: string): string {
  const absolute = resolve(path)
  return Buffer.byteLength(absolute) > LONGEST_PATH ? path : absolute
}

function create(address: BindAddress, words: BindWords): ServerHandle {
  if (createServerHandle === undefined) {
    throw unavailable(address, `Node ${process.version} lacks the internal call that binds without listening`)
  }
  const handle = createServerHandle(...words)
  if (typeof handle !== 'number') return handle
  const code = getSystemErrorName(handle)
  throw unavailable(address, EXPLANATIONS[code] ?? code, code)
}

/** A socket file outlives its server when that was killed. It is in the way, unless somebody still answers on it. */
async function removeStaleSocket(address: BindAddress & { type: 'unix' }): Promise<void> {
  const stat = lstatSync(address.path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isSocket()) throw unavailable(address, 'there is a file of that name, and it is no socket')
  if (await answers(address.path)) throw unavailable(address, 'another server answers on it')
  unlinkSync(address.path)
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = net.connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    // ECONNREFUSED: nobody listens. Anything else (EACCES, EAGAIN of a full queue) may be a living server.
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}

function unavailable(address: BindAddress, reason: string, cause?: unknown): BindError {
  return new BindError(`cannot listen on ${formatBindAddress(address)}: ${reason}`, { cause })
}
