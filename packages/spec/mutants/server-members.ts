import { mutant, type ServerMutant } from './server-mutant.ts'

/** What is missing in the request and the context as a whole (§4.2, §9). */
export const MEMBERS: Readonly<Record<string, ServerMutant>> = {
  'has a stub for tls': mutant('REQ-29', 'request.js', 'tls: null', 'tls: {}'),
  'has a log without debug': mutant('LIF-13', 'server.js', ', debug: console.debug }', ' }'),
}
