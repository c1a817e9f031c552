// Both logs as messages for syslog (RFC 5424). Sending never throws and never stops a process; what cannot be sent is lost.
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket, type Socket as Datagrams } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { hostname } from 'node:os'
import type { Writable } from 'node:stream'
import { cachedLookup } from './host-lookup.ts'
import type { SyslogTarget } from './syslog-target.ts'

/** Severities of RFC 5424 §6.2.1, as far as there are lines of them. */
export type Severity = 2 | 3 | 4 | 6 | 7

/** How messages are labelled. */
export interface SyslogOptions {
  readonly target: SyslogTarget
  /** APP-NAME. */
  readonly name: string
  /** RFC 5424 §6.2.1. */
  readonly facility: number
}

/** A way for messages. */
interface Way {
  send(message: Buffer): void
  close(): void
}

/** Milliseconds between two tries to connect; what is written meanwhile is lost. */
const AGAIN = 1_000

/** With a receiver that takes nothing, this many bytes are kept. */
const MOST_KEPT = 1024 * 1024

export class Syslog {
  readonly #options: SyslogOptions
  readonly #host = hostname() || '-'
  readonly #way: Way

  constructor(options: SyslogOptions) {
    this.#options = options
    this.#way = wayTo(options)
  }

  /** @param kind MSGID: which log it is of */
  send(severity: Severity, kind: 'access' | 'error', text: string): void {
    const { name, facility } = this.#options
    const priority = facility * 8 + severity
    const head = `<${priority}>1 ${new Date().toISOString()} ${this.#host} ${name} ${process.pid} ${kind} -`
    // A line feed would begin another message where they are not counted.
    this.#way.send(Buffer.from(`${head} ${text.trimEnd().replaceAll('\n', ' ')}`))
  }

  close(): void {
    this.#way.close()
  }
}

function wayTo({ target }: SyslogOptions): Way {
  if (target.type === 'udp') return new DatagramWay(target)
  return new StreamWay(target)
}

class DatagramWay implements Way {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #socket: Datagrams

  constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target
    this.#socket = createSocket({
      type: target.host.includes(':') ? 'udp6' : 'udp4',
      lookup: cachedLookup(),
    }).unref()
    this.#socket.on('error', () => {})
  }

  send(message: Buffer): void {
    this.#socket.send(message, this.#target.port, this.#target.host, () => {})
  }

  close(): void {
    this.#socket.close()
  }
}

/**
 * A stream, in which each message has its length before it (RFC 6587 §3.4.1). A UNIX socket that takes datagrams instead, as /dev/log mostly
 * does, cannot be reached from Node: the command logger(1) passes lines on.
 */
class StreamWay implements Way {
  readonly #target: Exclude<SyslogTarget, { type: 'udp' }>
  #socket: Socket | undefined
  #command: ChildProcess | undefined
  #isClosed = false

  constructor(target: Exclude<SyslogTarget, { type: 'udp' }>) {
    this.#target = target
    this.#connect()
  }

  send(message: Buffer): void {
    if (this.#command !== undefined) {
      // Node makes none for a process that could not be started for want of descriptors.
      const stdin = this.#command.stdin as Writable | null | undefined
      if (stdin && stdin.writableLength <= MOST_KEPT) stdin.write(`${message.toString()}\n`)
      return
    }
    const socket = this.#socket
    if (socket === undefined || socket.writableLength > MOST_KEPT) return
    socket.write(`${message.length} `)
    socket.write(message)
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.end()
    this.#command?.stdin?.end()
  }

  #connect(): void {
    const target = this.#target
    const socket = target.type === 'unix' ? connect(target.path) : connect(target.port, target.host)
    this.#socket = socket.unref()
    let takesDatagrams = false
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPROTOTYPE' || target.type !== 'unix' || this.#isClosed) return
      takesDatagrams = true
      this.#startCommand(target.path)
    })
    socket.once('close', () => {
      this.#socket = undefined
      if (!takesDatagrams) this.#connectAgain()
    })
  }

  #connectAgain(): void {
    if (!this.#isClosed) setTimeout(() => this.#connect(), AGAIN).unref()
  }

  #startCommand(path: string): void {
    try {
      this.#follow(spawn('logger', ['--socket', path], { stdio: ['pipe', 'ignore', 'ignore'] }))
    } catch {
      // Node throws what the system seldom says, as that it has no memory.
      this.#connectAgain()
    }
  }

  #follow(command: ChildProcess): void {
    this.#command = command
    // It may be killed, or not be there; and what is at the path may be another socket by then.
    const ended = (): void => {
      if (this.#command !== command) return
      this.#command = undefined
      this.#connectAgain()
    }
    command.once('exit', ended)
    command.on('error', ended)
    command.stdin?.on('error', () => {})
    command.unref()
  }
}
