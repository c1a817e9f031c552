// Servers that break the contract in one respect each: the correct server of server/, with a little of its text replaced.
import type { RequirementId } from '../src/requirements.ts'

/** What is replaced in a file of the server; `find` stands there exactly once. */
export interface Patch {
  readonly file: 'server.js' | 'request.js' | 'response.js' | 'input.js'
  readonly find: string
  readonly replace: string
}

/** A server that is deliberately wrong in one respect. */
export interface ServerMutant {
  /** The requirements that it breaks; their cases are run against it. */
  readonly breaks: readonly RequirementId[]
  readonly patches: readonly Patch[]
}

/** A mutant of one replacement. */
export function mutant(
  breaks: RequirementId | readonly RequirementId[],
  file: Patch['file'],
  // A pair, so that a line of the table below reads as: what stands there, what is put in its place.
  ...[find, replace]: readonly [string, string]
): ServerMutant {
  return { breaks: typeof breaks === 'string' ? [breaks] : breaks, patches: [{ file, find, replace }] }
}

/** Where the server calls the application. */
export const CALL = 'const returned = application(request, context)'
/** Where it completes the request. */
export const GIVEN = 'Object.assign(request, { body: message.iterable, signal: client.signal })'
