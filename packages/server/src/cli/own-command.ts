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

/** A shell's PWD tells by which links somebody went there; `cwd` does not. */
function startDirectory(): string {
  const { PWD } = process.env
  try {
    const here = statSync('.')
    const there = PWD === undefined || !PWD.startsWith('/') ? undefined : statSync(PWD, { throwIfNoEntry: false })
    if (PWD !== undefined && there?.ino === here.ino && there.dev === here.dev) return PWD
    return process.cwd()
  } catch {
    return '/'
  }
}
