// The hooks of the master, ready to be called.
import type { Logger } from '@nsgi/spec'
import type { Settings } from '../config/settings.ts'
import { HookRunner } from './hook-runner.ts'
import type { MasterHooks, MasterSubject } from './hooks.ts'

/** Makes them callable; a reload makes others, of what it has read. */
export function masterHookRunner(
  hooks: MasterHooks,
  { settings, log }: { readonly settings: Settings; readonly log: Logger },
): HookRunner<MasterHooks> {
  const subject: MasterSubject = Object.freeze({ pid: process.pid, log, settings })
  return new HookRunner(hooks, { subject, log })
}
