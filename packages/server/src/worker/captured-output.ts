// What the application prints becomes part of the server's log (--capture-output).
import type { ErrorLog } from '../log/error-log.ts'

type Done = (error?: Error | null) => void

/** Takes over both outputs of this process, as far as they are written through Node. */
export function captureOutput(log: Pick<ErrorLog, 'takePrinted'>): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const lines = new Lines(line => log.takePrinted(name, line))
    const stream = process[name]
    stream.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
      lines.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
      const callback = typeof encoding === 'function' ? encoding : done
      if (callback !== undefined) process.nextTick(callback)
      return true
    }
    process.once('exit', () => lines.end())
  }
}

/** A line that grows beyond this is written in parts: a program may print without ever ending one. Characters. */
const LONGEST = 65_536

class Lines {
  readonly #take: (line: string) => void
  #pending = ''

  constructor(take: (line: string) => void) {
    this.#take = take
  }

  push(text: string): void {
    const lines = (this.#pending + text).split('\n')
    this.#pending = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
    if (this.#pending.length > LONGEST) this.end()
  }

  end(): void {
    if (this.#pending !== '') this.#take(this.#pending)
    this.#pending = ''
  }
}
