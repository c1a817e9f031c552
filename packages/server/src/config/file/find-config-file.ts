// Which configuration file counts.
import { readdirSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'

/** A configuration file, or what is wrong with there being several. */
export type FoundFile =
  | { readonly path: string; readonly shown: string }
  | { readonly path: undefined; readonly problem?: string | undefined }

/** What a configuration file may end in; `.cts` and `.cjs` only where `--config` names it. */
const EXTENSIONS: readonly string[] = ['.ts', '.mts', '.js', '.mjs', '.json']
const NAMED_EXTENSIONS: readonly string[] = [...EXTENSIONS, '.cts', '.cjs']

const STEM = 'kirin.config'

/**
 * Finds the configuration file: the one that was named, else `kirin.config.{ts,mts,js,mjs,json}` in the directory.
 *
 * @param named as `--config` or KIRIN_CONFIG says, relative to `directory`
 * @param directory absolute
 * @returns its absolute path and what to call it in messages. Whether a named file exists is found when it is read
 */
export function findConfigFile(named: string | null, directory: string): FoundFile {
  if (named !== null) {
    if (NAMED_EXTENSIONS.includes(extname(named))) return { path: resolve(directory, named), shown: named }
    const problem = `--config: expected a file that ends in ${NAMED_EXTENSIONS.join(', ')}, got ${JSON.stringify(named)}`
    return { path: undefined, problem }
  }
  const names = namesIn(directory).filter(name => name.startsWith(STEM) && EXTENSIONS.includes(name.slice(STEM.length)))
  const [only, ...others] = names
  if (only === undefined) return { path: undefined }
  if (others.length === 0) return { path: resolve(directory, only), shown: only }
  const problem = `there are several configuration files: ${names.join(', ')}; name one with --config, or remove the others`
  return { path: undefined, problem }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).map(name => basename(name))
  } catch {
    // A directory that may not be listed has no file that could be found by name either.
    return []
  }
}
