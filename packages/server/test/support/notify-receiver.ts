// Stands where a service manager would: shows what it is told, one message a line, the assignments of a message between tabs.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { findProgram } from './available.ts'

const running = new Set<ChildProcess>()

afterEach(async () => {
  for (const child of running) {
    running.delete(child)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

/** Reads datagrams from the socket that is its argument; those that ask only to be waited for (sd_notify_barrier) are not shown. */
const DATAGRAMS = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print('listening', flush=True)
while True:
    message = receiver.recv(65536).decode()
    if message != 'BARRIER=1':
        print(message.replace('\\n', '\\t'), flush=True)
`

/** Whether this machine can send and receive the real thing. */
export const canReceiveDatagrams: boolean =
  findProgram('systemd-notify') !== undefined && findProgram('python3') !== undefined

export class NotifyReceiver {
  /** What a server is started with. */
  readonly env: Readonly<Record<string, string>>
  readonly messages: string[] = []
  #changed: () => void = () => undefined

  private constructor(child: ChildProcess, env: Readonly<Record<string, string>>) {
    this.env = env
    running.add(child)
    let pending = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (pending + text).split('\n')
      pending = lines.pop() ?? ''
      this.messages.push(...lines)
      this.#changed()
    })
  }

  /** With a command of its own under the name of systemd's. */
  static commands(directory: string): NotifyReceiver {
    const pipe = join(directory, 'told')
    execFileSync('mkfifo', [pipe])
    const command = join(directory, 'systemd-notify')
    // Only the words: "$*" puts the first letter of IFS between them.
    writeFileSync(command, `#!/bin/sh\nIFS="$(printf '\\t')"\nprintf '%s\\n' "$*" > '${pipe}'\n`)
    chmodSync(command, 0o755)
    const child = spawn('sh', ['-c', `exec cat <>'${pipe}'`], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { PATH = '' } = process.env
    return new NotifyReceiver(child, { NOTIFY_SOCKET: '/nowhere', PATH: `${directory}:${PATH}` })
  }

  /** With a socket and systemd's own command; for where {@link canReceiveDatagrams}. */
  static async datagrams(directory: string): Promise<NotifyReceiver> {
    const path = join(directory, 'notify.sock')
    const child = spawn('python3', ['-c', DATAGRAMS, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const receiver = new NotifyReceiver(child, { NOTIFY_SOCKET: path })
    await receiver.message(/^listening$/)
    return receiver
  }

  /** Waits for a message from that number on. */
  async message(pattern: RegExp, after = 0): Promise<string> {
    for (;;) {
      const found = this.messages.slice(after).find(message => pattern.test(message))
      if (found !== undefined) return found
      await new Promise<void>(resolve => {
        this.#changed = resolve
      })
    }
  }
}
