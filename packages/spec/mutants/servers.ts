import { MEMBERS } from './server-members.ts'
import type { ServerMutant } from './server-mutant.ts'
import { BODIES, REQUESTS } from './server-requests.ts'
import { ENDS, RESPONSES, SURROUNDINGS } from './server-responses.ts'

/** Broken servers, by what they do. */
export const serverMutants: Readonly<Record<string, ServerMutant>> = {
  ...REQUESTS,
  ...BODIES,
  ...ENDS,
  ...RESPONSES,
  ...SURROUNDINGS,
  ...MEMBERS,
}
