// Finds the file that `app.js:export` means.
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { closest } from '../config/did-you-mean.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { BootError } from './boot-error.ts'

/** What to load. */
export interface ApplicationFile {
  /** Absolute. */
  readonly path: string
  /** As the operator wrote it, for messages. */
  readonly shown: string
  /** `default` unless one was named. */
  readonly exportName: string
}

const EXTENSIONS = ['.js', '.mjs', '.cjs']

/**
 * Finds the application's file: the path itself, the path with `.js`, `.mjs` or `.cjs`, or for a directory what its
 * package.json names as `main`, else its index file. What follows the last colon is the name of an export.
 *
 * @param text as on the command line: `app.js`, `./app`, `server:handler`, `.`
 * @param directory what relative paths are relative to
 * @throws BootError when there is nothing, or the system does not let us look
 */
export function findApplicationFile(text: string, directory: string): ApplicationFile {
  try {
    return find(text, directory)
  } catch (error) {
    if (error instanceof BootError) throw error
    // A directory that may not be entered, a loop of links.
    throw new BootError(
      `cannot find the application ${text}: ${(error as Error).message}`,
      exitCodes.applicationUnusable,
      error,
    )
  }
}

function find(text: string, directory: string): ApplicationFile {
  const whole = fileAt(resolve(directory, text))
  if (whole !== undefined) return { path: whole, shown: text, exportName: 'default' }
  const colon = text.lastIndexOf(':')
  const shown = colon === -1 ? text : text.slice(0, colon)
  const exportName = colon === -1 ? 'default' : text.slice(colon + 1)
  const path = fileAt(resolve(directory, shown))
  if (path === undefined) throw notFound(shown, resolve(directory, shown))
  return { path, shown, exportName: exportName === '' ? 'default' : exportName }
}

function fileAt(path: string): string | undefined {
  const stat = statusOf(path)
  if (stat?.isFile() === true) return path
  if (stat?.isDirectory() === true) return mainOf(path)
  return firstFile(EXTENSIONS.map(extension => path + extension))
}

function mainOf(directory: string): string | undefined {
  const main = mainField(join(directory, 'package.json'))
  const named = main === undefined ? [] : ['', ...EXTENSIONS].map(extension => join(directory, main) + extension)
  return firstFile([...named, ...EXTENSIONS.map(extension => join(directory, `index${extension}`))])
}

function mainField(path: string): string | undefined {
  try {
    const { main } = JSON.parse(readFileSync(path, 'utf8')) as { main?: unknown }
    return typeof main === 'string' && main !== '' ? main : undefined
  } catch {
    return undefined
  }
}

function firstFile(paths: readonly string[]): string | undefined {
  return paths.find(path => statusOf(path)?.isFile() === true)
}

/** What is at a path; a path below a file leads nowhere, which only some versions of Node throw for. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}

function notFound(shown: string, path: string): BootError {
  return new BootError(`cannot find the application ${shown}: ${whatIsThere(path)}`, exitCodes.applicationUnusable)
}

function whatIsThere(path: string): string {
  const stat = statusOf(path)
  if (stat?.isDirectory() === true) {
    return `the directory ${path} has no package.json with a main that exists, and no index.js, index.mjs or index.cjs`
  }
  if (stat !== undefined) return `${path} is neither a file nor a directory`
  const directory = dirname(path)
  if (statusOf(directory)?.isDirectory() === false) return `${directory} is not a directory`
  const name = basename(path)
  const others = name.includes('.') ? '' : `, ${EXTENSIONS.map(extension => name + extension).join(', ')}`
  const similar = closest(name, namesIn(directory))
  const hint = similar === undefined ? '' : `; did you mean ${similar}?`
  return `there is no ${name}${others} in ${directory}${hint}`
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
