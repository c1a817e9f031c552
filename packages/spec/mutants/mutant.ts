import type { RequirementId } from '../src/requirements.ts'

/** Something that is deliberately wrong in one respect, and otherwise as it should be. */
export interface Mutant<Subject> {
  /** The requirements that it breaks. */
  readonly breaks: readonly RequirementId[]
  /** The cases that have to notice: these, and no others. */
  readonly caughtBy: readonly string[]
  /** A fresh one. */
  make(): Subject
}

/** Mutants by name: what each does wrong, in the third person. */
export type Mutants<Subject> = Readonly<Record<string, Mutant<Subject>>>
