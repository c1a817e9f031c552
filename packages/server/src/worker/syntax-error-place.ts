// Where a module cannot be parsed. Node keeps the place of an ES module's syntax error to itself: `import()` rejects with
// an error that names neither file nor line. Only a process that dies of it prints them, so one is made to.
import { spawnSync } from 'node:child_process'

/** Milliseconds. The application is broken anyway; its operator should not wait long for the line number. */
const CHECK_TIMEOUT = 5_000

/**
 * Finds the line of a file's syntax error with `node --check`.
 *
 * @param path absolute
 * @returns `path:line`, or `undefined` when this file can be parsed (the error is then in one that it imports)
 */
export function syntaxErrorPlace(path: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8', timeout: CHECK_TIMEOUT })
  const place = /^(?:file:\/\/)?(?<place>\/[^\n]*:\d+)$/m.exec(stderr)?.groups?.['place']
  return place?.startsWith(`${path}:`) === true ? place : undefined
}
