// How cases fail and skip; imported by every suite.

/** What a failure shows beside its message: text as it is, bytes as a dump. */
export type Evidence = string | Uint8Array

/** What a case knows of its failure. */
export interface FailureDetails {
  readonly expected?: Evidence | undefined
  readonly seen?: Evidence | undefined
  readonly cause?: unknown
}

/** The subject did something else than the requirement asks. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure'
  readonly expected: Evidence | undefined
  readonly seen: Evidence | undefined

  constructor(message: string, { expected, seen, cause }: FailureDetails = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.expected = expected
    this.seen = seen
  }
}

/** There is nothing to judge: the subject does not offer it, or it cannot be seen from here. */
export class CaseSkipped extends Error {
  override readonly name = 'CaseSkipped'
}

/**
 * Ends a case as failed.
 *
 * @throws ConformanceFailure always
 */
export function fail(message: string, details?: FailureDetails): never {
  throw new ConformanceFailure(message, details)
}

/**
 * Ends a case as skipped; a report with skips is `partial`.
 *
 * @throws CaseSkipped always
 */
export function skip(reason: string): never {
  throw new CaseSkipped(reason)
}

/** Fails unless the condition holds. */
export function expectThat(condition: boolean, message: string, details?: FailureDetails): asserts condition {
  if (!condition) fail(message, details)
}

/** Fails unless both are the same to the last member: arrays and plain objects by their JSON, the rest by `Object.is`. */
export function expectEqual(seen: unknown, expected: unknown, what: string): void {
  if (Object.is(seen, expected)) return
  const [seenText, expectedText] = [describe(seen), describe(expected)]
  if (typeof seen === 'object' && typeof expected === 'object' && seenText === expectedText) return
  fail(`${what}: expected ${expectedText}, saw ${seenText}`, { expected: expectedText, seen: seenText })
}

/** The same of records whose members stand in no particular order. */
export function expectRecord(seen: object, expected: object, what: string): void {
  expectEqual(sorted(seen), sorted(expected), what)
}

function sorted(record: object): object {
  return Object.fromEntries(Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

/** A value in one line. */
export function describe(value: unknown): string {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return JSON.stringify(value)
}
