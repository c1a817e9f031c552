import type { RequirementId } from './requirements.generated.ts'

/** What must, should or may be done (RFC 2119). */
export type Level = 'MUST' | 'SHOULD' | 'MAY'

/** Who has to. */
export type Role = 'server' | 'application' | 'middleware' | 'adapter'

/** What a requirement belongs to: a part that a server may claim, or another role. */
export type Feature = 'core' | 'stream' | 'upgrade' | 'prefork' | 'tls' | 'application' | 'middleware' | 'adapter'

/** One requirement of the specification, as `spec/requirements.json` has it. */
export interface Requirement {
  readonly id: RequirementId
  readonly role: Role
  readonly level: Level
  readonly feature: Feature
  /** One sentence or two, in Markdown. */
  readonly text: string
  /** Why it is required. */
  readonly reason: string
}
