import type { JudgedServer } from './judge-servers.ts'
import { FURTHER } from './server-further.ts'
import { MEMBERS } from './server-members.ts'
import type { Patch, ServerKind, ServerMutant } from './server-mutant.ts'
import { OPTIONS, PROCESSES } from './server-processes.ts'
import { BODIES, REQUESTS } from './server-requests.ts'
import { ENDS, RESPONSES, SURROUNDINGS } from './server-responses.ts'
import { OVER_TLS } from './tls/base.ts'
import { tlsMutants } from './tls/mutants.ts'

/** Broken servers, by what they do. */
export const serverMutants: Readonly<Record<string, ServerMutant>> = {
  ...REQUESTS,
  ...BODIES,
  ...ENDS,
  ...RESPONSES,
  ...SURROUNDINGS,
  ...MEMBERS,
  ...OPTIONS,
  ...PROCESSES,
  ...FURTHER,
  ...tlsMutants,
}

/** What all servers of a kind are patched with before they are broken. */
const BASES: Readonly<Record<ServerKind, readonly Patch[]>> = { single: [], prefork: [], tls: OVER_TLS }

/** The mutant as it is held against the suite. */
export function judged({ patches, kind = 'single' }: Pick<ServerMutant, 'patches' | 'kind'>): JudgedServer {
  return { patches: [...BASES[kind], ...patches], use: server => server.commands(kind) }
}

/** The servers that nothing was done to. */
export const correctServers: Readonly<Record<string, JudgedServer>> = {
  // The others read with the same parser.
  'in one process': { ...judged({ patches: [] }), isCutEverywhere: true },
  'in several processes': judged({ patches: [], kind: 'prefork' }),
  'over TLS': judged({ patches: [], kind: 'tls' }),
}
