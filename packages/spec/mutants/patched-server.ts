import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerSuiteOptions } from '../src/conformance/server/suite.ts'
import type { Feature } from '../src/requirements.ts'
import type { Patch, ServerKind } from './server-mutant.ts'

const CORRECT_SERVER = fileURLToPath(new URL('./server/', import.meta.url))

/** What the suite is told of a server, and what is claimed for it. */
export type ServerCommands = Pick<
  ServerSuiteOptions,
  | 'command'
  | 'unixCommand'
  | 'limitCommand'
  | 'proxyCommand'
  | 'proxyFields'
  | 'mountCommand'
  | 'tlsCommand'
  | 'reloadSignal'
  | 'profiles'
>

/** What servers claim. */
const PROFILES = {
  single: ['core', 'stream', 'upgrade'],
  prefork: ['core', 'stream', 'upgrade', 'prefork'],
  tls: ['tls'],
} as const satisfies Record<ServerKind, readonly Feature[]>

/** A copy of the correct server, with patches. */
export class PatchedServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'nsgi-mutant-'))

  /** @throws Error where what a patch replaces is not there exactly once */
  constructor(patches: readonly Patch[] = []) {
    cpSync(CORRECT_SERVER, this.#folder, { recursive: true })
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module" }')
    for (const { file, find, replace } of patches) {
      const path = join(this.#folder, file)
      const parts = readFileSync(path, 'utf8').split(find)
      if (parts.length !== 2) throw new Error(`${file} has ${JSON.stringify(find)} ${parts.length - 1} times`)
      writeFileSync(path, parts.join(replace))
    }
  }

  /** The commands, as the server suite takes them. */
  commands(kind: ServerKind): ServerCommands {
    const run = (file: string): string => `'${process.execPath}' '${join(this.#folder, file)}' {app}`
    return {
      command: kind === 'prefork' ? `${run('master.js')} {port} {workers}` : `${run('server.js')} {port}`,
      unixCommand: `${run('server.js')} {socket}`,
      limitCommand: `${run('server.js')} {port} {limit}`,
      proxyCommand: `${run('server.js')} {port} Infinity '' 127.0.0.1`,
      proxyFields: ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'],
      mountCommand: `${run('server.js')} {port} Infinity {mount}`,
      tlsCommand: `${run('server.js')} {port} {cert} {key} {ca}`,
      reloadSignal: 'SIGHUP',
      profiles: PROFILES[kind],
    }
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
