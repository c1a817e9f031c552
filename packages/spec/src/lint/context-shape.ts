import type { Context } from '../context.ts'
import { describe } from '../testing/chunk.ts'
import type { Found } from './reporter.ts'
import { isSignal } from './request-shape.ts'

/** Checks what a server gives as context: its members, and that it is frozen (LIF-04, LIF-05, LIF-08, LIF-09, LIF-13). */
export function checkContext(context: Context, found: Found): void {
  if (typeof context !== 'object' || (context as unknown) === null) {
    found('LIF-04', `context must be an object, not ${describe(context)}`)
    return
  }
  if (!Object.isFrozen(context)) found('LIF-04', 'context is not frozen')
  const { nsgi, server, worker, multiprocess, draining, log, extensions } = context as {
    readonly [Name in keyof Context]: unknown
  }
  if (nsgi !== '1.0') found('LIF-13', `context.nsgi must be "1.0", not ${JSON.stringify(nsgi) ?? describe(nsgi)}`)
  const { name, version } = Object(server) as Record<string, unknown>
  if (typeof name !== 'string' || typeof version !== 'string') found('LIF-13', 'context.server lacks name or version')
  if (!Number.isInteger(worker) || (worker as number) < 0) {
    found('LIF-08', `context.worker must be a number from 0, not ${JSON.stringify(worker) ?? describe(worker)}`)
  }
  if (typeof multiprocess !== 'boolean')
    found('LIF-13', `context.multiprocess must be a boolean, not ${describe(multiprocess)}`)
  if (!isSignal(draining)) found('LIF-05', `context.draining must be an AbortSignal, not ${describe(draining)}`)
  for (const level of ['error', 'warn', 'info', 'debug']) {
    if (typeof (Object(log) as Record<string, unknown>)[level] !== 'function')
      found('LIF-13', `context.log lacks ${level}`)
  }
  checkExtensions(extensions, found)
}

function checkExtensions(extensions: unknown, found: Found): void {
  if (typeof extensions !== 'object' || extensions === null) {
    found('LIF-13', `context.extensions must be a record, not ${describe(extensions)}`)
    return
  }
  for (const [name, value] of Object.entries(extensions)) {
    if (!name.includes('.')) found('REQ-26', `the extension ${JSON.stringify(name)} has no dot in its name`)
    if (value === undefined || value === null) found('LIF-09', `the extension ${name} is ${String(value)}, not absent`)
  }
}
