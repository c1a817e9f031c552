// The file of a program that listens by itself (`kirin run`).
import type { ArbiterOptions } from '../arbiter/arbiter.ts'
import { findApplicationFile } from '../worker/application-file.ts'

/** What its path leads to whenever a worker is started: a reload may have entered another directory. */
export function programNow(text: string, words: readonly string[]): ArbiterOptions['program'] {
  return () => {
    const file = programFile(text)
    if ('failure' in file) throw new Error(file.failure)
    return { path: file.path, words }
  }
}

/** Where the program is, or why it cannot be run. */
export function programFile(text: string): { readonly path: string } | { readonly failure: string } {
  try {
    const { path, exportName } = findApplicationFile(text, process.cwd())
    return exportName === 'default' ? { path } : { failure: `kirin run takes a program, not an export of it: ${text}` }
  } catch (error) {
    return { failure: (error as Error).message }
  }
}
