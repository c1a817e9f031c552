// Loads the application: file, export, adapter. Whatever is wrong becomes one line that says what was looked for and found.
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { types } from 'node:util'
import type { Application } from '@nsgi/spec'
import { closest } from '../config/did-you-mean.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { describeThrown, firstLine } from '../log/describe-thrown.ts'
import { type ApplicationFile, findApplicationFile } from './application-file.ts'
import { BootError } from './boot-error.ts'
import { type Framework, frameworks } from './frameworks.ts'
import { syntaxErrorPlace } from './syntax-error-place.ts'

/** An application that is ready to be started. */
export interface LoadedApplication {
  readonly application: Application
  /** What it was wrapped in, as a sentence for the log; `null` for a gateway application. */
  readonly adapted: string | null
}

type Namespace = Readonly<Record<string, unknown>>

/**
 * Loads what the operator named.
 *
 * @param text as on the command line: `app.js:export`
 * @param directory what relative paths are relative to
 * @throws BootError with the exit code `applicationUnusable`
 */
export async function loadApplication(text: string, directory: string): Promise<LoadedApplication> {
  const file = findApplicationFile(text, directory)
  const exported = pickExport(file, await importFile(file))
  const framework = frameworks.find(({ recognises }) => recognises(exported))
  if (framework !== undefined) return adapt(file, framework, exported)
  if (typeof exported !== 'function') {
    throw unusable(`${nameOf(file)} is ${describeKind(exported)}; expected a function (request, context) => response`)
  }
  const application = exported as Application
  for (const hook of ['startup', 'shutdown'] as const) {
    const type = typeof application[hook]
    if (type !== 'function' && type !== 'undefined') {
      throw unusable(`${nameOf(file)} has a ${hook} that is no function but ${describeKind(application[hook])}`)
    }
  }
  return { application, adapted: null }
}

async function importFile(file: ApplicationFile): Promise<Namespace> {
  try {
    return (await import(pathToFileURL(file.path).href)) as Namespace
  } catch (thrown) {
    throw new BootError(importFailure(file, thrown), exitCodes.applicationUnusable, thrown)
  }
}

function importFailure({ shown, path }: ApplicationFile, thrown: unknown): string {
  const { code, message, requireStack } = (thrown ?? {}) as {
    code?: unknown
    message?: unknown
    requireStack?: unknown
  }
  switch (code) {
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `cannot load ${shown}: Node ${process.version} does not load ${extname(path)} files`
    case 'ERR_MODULE_NOT_FOUND':
      return `cannot load ${shown}: ${firstLine(String(message))}`
    case 'MODULE_NOT_FOUND': {
      const from = Array.isArray(requireStack) ? ` required by ${String(requireStack[0])}` : ''
      return `cannot load ${shown}: ${firstLine(String(message))}${from}`
    }
    default:
      if (types.isNativeError(thrown) && thrown.name === 'SyntaxError') {
        return `${shown} cannot be parsed: ${describeSyntaxError(path, thrown)}`
      }
      return `${shown} threw while it was loaded: ${describeThrown(thrown)}`
  }
}

function describeSyntaxError(path: string, error: Error): string {
  const description = describeThrown(error)
  // Ends with a place in parentheses already: CommonJS, or a name that an imported module does not export.
  if (/\(\/[^()]*:\d+\)$/.test(description)) return description
  return `${description} (${syntaxErrorPlace(path) ?? 'in a module that it imports'})`
}

/** A CommonJS module is one value with its members as named exports; compiled TypeScript marks its own default. */
function pickExport(file: ApplicationFile, namespace: Namespace): unknown {
  const { exportName } = file
  const whole = namespace['default'] as Namespace | undefined
  const compiled = typeof whole === 'object' && whole !== null && whole['__esModule'] === true
  if (exportName === 'default' && compiled && 'default' in whole) return whole['default']
  if (exportName in namespace && !(exportName === 'default' && isEmptyModule(namespace))) return namespace[exportName]
  // What Node's scan of a CommonJS module did not see.
  if (whole !== null && (typeof whole === 'object' || typeof whole === 'function') && exportName in whole) {
    return whole[exportName]
  }
  throw missingExport(file, namespace)
}

/**
 * A CommonJS module that exports nothing: its `module.exports` is still the empty object that Node made. An ES module
 * whose default export is an empty object looks the same, and is as little of an application.
 */
function isEmptyModule(namespace: Namespace): boolean {
  const whole = namespace['default']
  if (!('module.exports' in namespace) && Object.keys(namespace).length > 1) return false
  return types.isProxy(whole) || (isPlainObject(whole) && Object.keys(whole).length === 0)
}

function missingExport(file: ApplicationFile, namespace: Namespace): BootError {
  const names = Object.keys(namespace).filter(name => !['default', 'module.exports', '__esModule'].includes(name))
  const looked =
    file.exportName === 'default' ? 'no application as its default export' : `no export named ${file.exportName}`
  const found = names.length === 0 ? withoutNames(namespace) : `it exports ${names.join(', ')}`
  const meant = file.exportName === 'default' && names.length === 1 ? names[0] : closest(file.exportName, names)
  const hint = meant === undefined ? '' : `; did you mean ${file.shown}:${meant}?`
  return unusable(`${file.shown} has ${looked}: ${found}${hint}`)
}

const RUN_HINT = 'a program that listens by itself is for kirin run'

function withoutNames(namespace: Namespace): string {
  if (!('default' in namespace)) return `it exports nothing; ${RUN_HINT}`
  return isEmptyModule(namespace) ? `it exports an empty object; ${RUN_HINT}` : 'it has only a default export'
}

async function adapt(file: ApplicationFile, framework: Framework, exported: unknown): Promise<LoadedApplication> {
  const { name, adapter, advice } = framework
  if (adapter === null) {
    throw unusable(`${nameOf(file)} is ${name}, which Kirin does not serve by itself yet${advice ? `: ${advice}` : ''}`)
  }
  const wrap = await loadAdapter(file, name, adapter)
  return {
    application: wrap(exported),
    adapted: `${nameOf(file)} is ${name}: served through ${adapter.package}`,
  }
}

/** The adapter comes from the user's project, so that it meets the framework's own version there. */
async function loadAdapter(
  file: ApplicationFile,
  name: string,
  adapter: NonNullable<Framework['adapter']>,
): Promise<(exported: unknown) => Application> {
  let path: string
  try {
    path = createRequire(file.path).resolve(adapter.package)
  } catch (cause) {
    const message = `${nameOf(file)} is ${name}; to serve it, run: npm install ${adapter.package}`
    throw new BootError(message, exitCodes.applicationUnusable, cause)
  }
  const namespace = await importFile({ path, shown: adapter.package, exportName: adapter.function })
  const wrap = namespace[adapter.function]
  if (typeof wrap !== 'function') {
    throw unusable(`${adapter.package} at ${path} has no function ${adapter.function}: it does not fit this server`)
  }
  return wrap as (exported: unknown) => Application
}

function nameOf({ exportName, shown }: ApplicationFile): string {
  return exportName === 'default' ? `the default export of ${shown}` : `the export ${exportName} of ${shown}`
}

function describeKind(value: unknown): string {
  if (types.isPromise(value)) return 'a promise (await it at the top level of the module)'
  if (isPlainObject(value)) {
    const keys = Object.keys(value)
    return keys.length === 0
      ? 'an empty object'
      : `an object with ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}`
  }
  if (value === null || value === undefined) return String(value)
  return typeof value === 'object' ? `an instance of ${value.constructor?.name ?? 'a class'}` : `a ${typeof value}`
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function unusable(message: string): BootError {
  return new BootError(message, exitCodes.applicationUnusable)
}
