import type { Requirement } from './requirement.ts'
import { REQUIREMENTS, type RequirementId } from './requirements.generated.ts'

export type { Feature, Level, Requirement, Role } from './requirement.ts'
export { REQUIREMENTS, type RequirementId } from './requirements.generated.ts'

const byId: ReadonlyMap<string, Requirement> = new Map(REQUIREMENTS.map(requirement => [requirement.id, requirement]))

/** Whether there is a requirement of that id: `RES-25`, in capitals. */
export function isRequirementId(id: string): id is RequirementId {
  return byId.has(id)
}

/**
 * The requirement of that id.
 *
 * @throws RangeError where there is none
 */
export function requirement(id: RequirementId): Requirement {
  const found = byId.get(id)
  if (found === undefined) throw new RangeError(`there is no requirement ${id}`)
  return found
}
