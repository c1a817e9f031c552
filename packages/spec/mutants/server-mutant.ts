// Servers that break the contract in one respect each: the correct server of server/, with a little of its text replaced.
import type { RequirementId } from '../src/requirements.ts'

/** What is replaced in a file of the server; `find` stands there exactly once. */
export interface Patch {
  readonly file: 'server.js' | 'request.js' | 'response.js' | 'input.js' | 'master.js'
  readonly find: string
  readonly replace: string
}

/** One process; several under a master, with the profile prefork; one that speaks TLS, with the profile tls alone. */
export type ServerKind = 'single' | 'prefork' | 'tls'

/** A server that is deliberately wrong in one respect. */
export interface ServerMutant {
  /** The requirements that it breaks. */
  readonly breaks: readonly RequirementId[]
  /** What of the correct server it is made of; `single` where absent. */
  readonly kind?: ServerKind
  /** Whether the ordinary tests do without the other cases of its group, where their seconds would show nothing new. */
  readonly isNarrow?: boolean
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
export const GIVEN = 'Object.assign(request, { body: message.iterable, signal: client.signal, inform })'
