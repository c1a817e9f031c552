import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const quoted = (...words: readonly string[]): string => words.map(word => `'${word}'`).join(' ')

const NODE = process.execPath
const KIRIN = path('../../packages/server/dist/cli/bin.js')
const BAD = path('fixtures/bad-server.mjs')

/** How kirin is started for the suite. */
export const kirin = { command: `${quoted(NODE, KIRIN)} {app} --bind 127.0.0.1:{port}` } as const

/** A server that is none. */
export function badServer(kind: string): string {
  return `${quoted(NODE, BAD, kind)} {port} {app}`
}

/** The command under test, built. */
export const CLI: string = path('../../packages/spec/dist/conformance/cli/bin.js')

/** The root of the repository. */
export const ROOT: string = path('../..')

/** The binary of bun for this machine; `undefined` where it is not installed, as it need not be. */
export const bun: string | undefined = findBun()

function findBun(): string | undefined {
  const [os, machine] = [process.platform, process.arch === 'arm64' ? 'aarch64' : process.arch]
  try {
    // The package bun has them as dependencies; its own command is made by an install script, which is not run.
    const inBun = createRequire(createRequire(import.meta.url).resolve('bun/package.json'))
    for (const kind of ['', '-musl']) {
      try {
        return inBun.resolve(`@oven/bun-${os}-${machine}${kind}/bin/bun`)
      } catch {
        // Of another kind, or of none.
      }
    }
  } catch {
    // An optional dependency.
  }
  return undefined
}
