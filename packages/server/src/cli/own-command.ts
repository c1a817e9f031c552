// How this process was started, to start another one like it.
import { statSync } from 'node:fs'
import type { OwnCommand } from '../arbiter/upgrade.ts'

/**
 * The command, to be asked for before the working directory changes. Nothing in it is resolved further than the caller did: when it
 * is run again, PATH and symbolic links may lead to another version.
 */
export function ownCommand(): OwnCommand {
  const { argv0, execArgv, argv } = process
  return { file: argv0, words: [...execArgv, ...argv.slice(1)], directory: startDirectory() }
}

/** Where this process was started, absolute: by the name that it has for whoever started it, where that is known. */
export function startDirectory(): string {
  try {
    return namedDirectory() ?? process.cwd()
  } catch {
    // A removed one is found by whoever needs it.
    return '/'
  }
}

/** A shell's PWD tells by which links somebody went to the working directory; `cwd` does not. */
export function namedDirectory(): string | null {
  const { PWD } = process.env
  if (PWD === undefined || !PWD.startsWith('/')) return null
  try {
    const here = statSync('.')
    const there = statSync(PWD)
    return there.ino === here.ino && there.dev === here.dev ? PWD : null
  } catch {
    return null
  }
}
