import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { bun, CLI } from './commands.ts'

/** Where `node` and `bun` of a command are found first: this node, and the bun that this package installs. */
const COMMANDS: readonly string[] = [dirname(process.execPath), ...(bun === undefined ? [] : [dirname(bun)])]

/** How a run of the command ended. */
export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs nsgi-conformance to its end, with a clean environment. */
export function conformance(...args: readonly string[]): Promise<Finished> {
  return conformanceIn(process.cwd(), ...args)
}

/** The same in another directory. */
export async function conformanceIn(cwd: string, ...args: readonly string[]): Promise<Finished> {
  const child = start(cwd, args)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, ...output }
}

/** Starts nsgi-conformance with a clean environment. */
export function start(cwd: string, args: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const { PATH = '', HOME = '', NODE_V8_COVERAGE } = process.env
  return spawn(process.execPath, [CLI, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: COMMANDS.concat(PATH).join(delimiter),
      HOME,
      ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }),
    },
  })
}
