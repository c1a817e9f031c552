/** What came of one scenario on one framework: a line of `run --json`. */
export interface RunResult {
  /** In scenarios/. */
  readonly file: string
  readonly title: string
  /** With their versions. */
  readonly packages: readonly string[]
  /** `Express 4`. */
  readonly framework: string
  /** As installed; empty for plain handlers. */
  readonly frameworkVersion: string
  readonly exchanges: number
  /** Where it was not as on `node:http`, for people; empty if all was well. */
  readonly failures: readonly string[]
  /** What is meant to differ, with the reason. */
  readonly differences: readonly { readonly exchange: string; readonly reason: string }[]
}
