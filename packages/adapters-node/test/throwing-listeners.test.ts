import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'

const fixture = fileURLToPath(new URL('fixtures/throwing-listeners.mjs', import.meta.url))

/** Milliseconds after which a process that waits for an event that never comes is ended: it needs a fraction of one of these seconds. */
const HANGS = 15_000

/** What became of each request, by the listener that threw and the framing of the body. */
async function outcomesOn(server: string): Promise<Record<string, string[]>> {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture, server], { timeout: HANGS })
  return JSON.parse(stdout) as Record<string, string[]>
}

it("what a listener of a body throws is an uncaught exception, and the loss of the client is told behind it, as on node's server", async () => {
  const [native, adapted] = await Promise.all([outcomesOn('native'), outcomesOn('toNode')])
  expect(native['data, length']?.slice(0, 2)).toEqual(['begun', 'uncaughtException: in data'])
  expect(adapted).toEqual(native)
})
