export type { LintOptions } from './lint.ts'
export { lint } from './lint.ts'
export type { OnViolation } from './reporter.ts'
export type { Violation } from './violation.ts'
