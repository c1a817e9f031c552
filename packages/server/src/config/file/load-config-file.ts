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

/**
 * Milliseconds that a configuration may take to load, and a promise of it to settle: as long as a worker's boot. One that waits for ever
 * would keep every later reload from being made, and a start from saying a word.
 */
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
 * @param limit milliseconds for each of the two things that it may wait for: the module, and a promise that this exports
 */
export async function loadConfigFile(
  path: string,
  shown: string,
  limit: number = SETTLE_TIMEOUT,
): Promise<LoadedConfig> {
  try {
    const value = extname(path) === '.json' ? parseJson(path) : await valueOf(await load(path, limit), limit)
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

/** @returns its default export, in an object: it may be a promise, which is not to be waited for here */
async function load(path: string, limit: number): Promise<{ readonly default: unknown }> {
  // The system's own words for a file that is not there, instead of the module loader's.
  readFileSync(path)
  const namespace = await (/\.[cm]?ts$/.test(path) ? importTypeScript(path, limit) : importFresh(path, limit))
  if (!('default' in namespace)) {
    const names = Object.keys(namespace)
    const found = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`
    throw new ConfigFileError(`has no default export: ${found}`)
  }
  return { default: namespace['default'] }
}

type Namespace = Readonly<Record<string, unknown>>

async function importFresh(path: string, limit: number): Promise<Namespace> {
  loads++
  const address = pathToFileURL(path)
  if (loads === 1) return await loaded(import(address.href), limit)
  address.searchParams.set('load', String(loads))
  const stop = freshenImports(path, String(loads))
  try {
    return await loaded(import(address.href), limit)
  } finally {
    stop()
  }
}

async function importTypeScript(path: string, limit: number): Promise<Namespace> {
  const { typescript } = process.features as { typescript?: unknown }
  const isNative = typescript === 'strip' || typescript === 'transform'
  try {
    if (isNative) return await importFresh(path, limit)
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
  return await loaded(importer.import<Namespace>(path), limit)
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

async function valueOf({ default: exported }: { readonly default: unknown }, limit: number): Promise<unknown> {
  const value = typeof exported === 'function' ? (exported as () => unknown)() : exported
  if (!types.isPromise(value)) return value
  return await within(
    limit,
    value,
    `its promise has not settled within ${limit / 1000} s; give what it waits for a time limit`,
  )
}

function loaded(module: Promise<unknown>, limit: number): Promise<Namespace> {
  const problem = `has not been loaded within ${limit / 1000} s: it, or what it imports, waits at its top level (await); give that a time limit`
  return within(limit, module, problem) as Promise<Namespace>
}

/** @throws ConfigFileError with the problem when the promise takes longer than so many milliseconds */
async function within(limit: number, promise: Promise<unknown>, problem: string): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new ConfigFileError(problem)), limit)
  })
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
