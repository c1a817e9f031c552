// From a configuration file to the object that it stands for.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect, types } from 'node:util'
import { describeThrown, firstLine } from '../../log/describe-thrown.ts'
import { freshenImports } from './fresh-imports.ts'

/** What a configuration file holds, or one line that tells why it cannot be used. */
export type LoadedConfig =
  | { readonly config: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  | { readonly config?: undefined; readonly problem: string }

/** Milliseconds that a promise of a configuration may take: as long as a worker's boot, and as little for ever. */
const SETTLE_TIMEOUT = 60_000

/** Counts loads: a module that was loaded before comes out of node's cache unless its address is another one. */
let loads = 0

/**
 * Loads a configuration file: JSON, or a module whose default export is the configuration, a promise of it, or a function that
 * returns either. A file that was loaded before is read anew, and so is what it imports of its own project where Node has hooks for that
 * (fresh-imports.ts).
 *
 * TypeScript is left to Node where it strips types, else to jiti, if the file's project has it.
 *
 * @param path absolute
 * @param shown what to call it in messages
 */
export async function loadConfigFile(path: string, shown: string): Promise<LoadedConfig> {
  try {
    const value = extname(path) === '.json' ? parseJson(path) : await valueOf(await defaultExport(path))
    if (isPlainObject(value)) return { config: value }
    const got = inspect(value, { depth: 0, breakLength: Infinity })
    return { problem: `${shown}: expected an object of settings, got ${firstLine(got)}` }
  } catch (thrown) {
    return { problem: `${shown}: ${thrown instanceof ConfigFileError ? thrown.message : describeFailure(thrown)}` }
  }
}

/** The message completes "kirin.config.ts: …". */
class ConfigFileError extends Error {}

function describeFailure(thrown: unknown): string {
  const { code, syscall } = (thrown ?? {}) as { code?: unknown; syscall?: unknown }
  if (typeof syscall === 'string') return `cannot be read: ${(thrown as Error).message}`
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return `cannot be loaded: ${firstLine((thrown as Error).message)}`
  return `cannot be loaded: ${describeThrown(thrown)}`
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ConfigFileError(`is no JSON: ${firstLine((error as Error).message)}`)
  }
}

async function defaultExport(path: string): Promise<unknown> {
  // The system's own words for a file that is not there, instead of the module loader's.
  readFileSync(path)
  const namespace = await (/\.[cm]?ts$/.test(path) ? importTypeScript(path) : importFresh(path))
  if (!('default' in namespace)) {
    const names = Object.keys(namespace)
    const found = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`
    throw new ConfigFileError(`has no default export: ${found}`)
  }
  return namespace['default']
}

type Namespace = Readonly<Record<string, unknown>>

async function importFresh(path: string): Promise<Namespace> {
  loads++
  const address = pathToFileURL(path)
  if (loads === 1) return (await import(address.href)) as Namespace
  address.searchParams.set('load', String(loads))
  const stop = freshenImports(path, String(loads))
  try {
    return (await import(address.href)) as Namespace
  } finally {
    stop()
  }
}

async function importTypeScript(path: string): Promise<Namespace> {
  const { typescript } = process.features as { typescript?: unknown }
  const isNative = typescript === 'strip' || typescript === 'transform'
  try {
    if (isNative) return await importFresh(path)
  } catch (thrown) {
    // Enums and the like, which have to be compiled.
    if ((thrown as { code?: unknown }).code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw thrown
  }
  const jiti = await findJiti(path)
  if (jiti === undefined) {
    const why = isNative
      ? 'has syntax that Node does not strip'
      : `is TypeScript, which Node ${process.version} does not load`
    throw new ConfigFileError(
      `${why}: run npm install jiti, or write ${isNative ? 'it without that' : 'it in JavaScript'}`,
    )
  }
  const importer = jiti.createJiti(path, { fsCache: false, moduleCache: false })
  return await importer.import<Namespace>(path)
}

/** What is used of jiti 2. */
interface Jiti {
  createJiti(from: string, options: object): { import<T>(path: string): Promise<T> }
}

/** Looked for in the project of the configuration file first, then beside Kirin. */
async function findJiti(path: string): Promise<Jiti | undefined> {
  for (const from of [path, import.meta.url]) {
    try {
      return (await import(pathToFileURL(createRequire(from).resolve('jiti')).href)) as Jiti
    } catch {
      // Not there.
    }
  }
  return undefined
}

async function valueOf(exported: unknown): Promise<unknown> {
  const value = typeof exported === 'function' ? (exported as () => unknown)() : exported
  if (!types.isPromise(value)) return value
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    const error = new ConfigFileError(`its promise did not settle within ${SETTLE_TIMEOUT / 1000} s`)
    timer = setTimeout(() => reject(error), SETTLE_TIMEOUT)
  })
  return await Promise.race([value, late]).finally(() => clearTimeout(timer))
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
