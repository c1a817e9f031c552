// Why a worker cannot boot, in one line.
import { inspect } from 'node:util'
import type { BootFailure } from '../ipc/messages.ts'

/** Thrown by whatever a worker does before it is ready. The message is the line that the operator reads. */
export class BootError extends Error {
  override readonly name = 'BootError'
  readonly code = 'KIRIN_BOOT_FAILED'
  /** What the master exits with if nothing else ever ran: one of `exitCodes`. */
  readonly exitCode: number

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}

/** The failure as the master is told: a line, and what was thrown in full for `--log-level debug`. */
export function toBootFailure(error: BootError): BootFailure {
  return {
    message: error.message,
    detail: error.cause === undefined ? null : inspect(error.cause),
    exitCode: error.exitCode,
  }
}
