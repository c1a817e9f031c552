import { exitCodes } from '../ipc/exit-codes.ts'

/** Tells the operator why nothing is started, a line for each reason. Returns the exit code. */
export function refuse(problems: readonly string[], exitCode: number = exitCodes.failure): number {
  process.stderr.write(problems.map(problem => `kirin: ${problem}\n`).join(''))
  return exitCode
}
