import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Patch } from './server-mutant.ts'

const CORRECT_SERVER = fileURLToPath(new URL('./server/', import.meta.url))

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

  /** As the server suite takes it. */
  get command(): string {
    return `'${process.execPath}' '${join(this.#folder, 'server.js')}' {app} {port}`
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
