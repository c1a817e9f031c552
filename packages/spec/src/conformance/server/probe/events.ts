// The probe's way to the suite, past the server: a line of JSON for each event in a file, and files that open gates.
import { existsSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** How often a gate is looked at, in milliseconds. */
const GATE_INTERVAL = 3

const directory = process.env['NSGI_PROBE_DIR']
const file = directory === undefined ? undefined : openSync(join(directory, 'events.jsonl'), 'a')

/** Writes one event at once: it is on disk when this returns, whatever becomes of the process. */
export function tell(key: string, type: string, details: object = {}): void {
  if (file === undefined) return
  writeSync(file, `${JSON.stringify({ key, type, pid: process.pid, ...details })}\n`)
}

/**
 * Resolves when the case has opened the gate.
 *
 * @param holds whether whoever waits here keeps the process alive. A request does not: its connection does that, and a
 *   server that ends when nothing is left to do must not wait for a client that was lost.
 */
export async function gate(key: string, name: string, { holds = false }: { holds?: boolean } = {}): Promise<void> {
  if (directory === undefined) return
  const path = join(directory, `gate-${key}-${name}`)
  const turn = join(directory, `turn-${key}-${name}`)
  while (!existsSync(path)) {
    // The case wants to know that this process has had its turn.
    rmSync(turn, { force: true })
    await new Promise(resolve => {
      const timer = setTimeout(resolve, GATE_INTERVAL)
      if (!holds) timer.unref()
    })
  }
}

/** An error in words. */
export function describeError(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error) {
    const code = 'code' in error ? `${String(error.code)}: ` : ''
    return `${code}${String(error.message)}`
  }
  return String(error)
}
