// Which hooks a change of the arbiter's state calls.
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { MasterHooks } from '../hooks/hooks.ts'
import type { ArbiterState, Notice } from './model.ts'

type Seen = Pick<ArbiterState, 'phase' | 'target'>

/** Calls what comes before anything is done about the change. */
export function callHooksBefore(hooks: HookRunner<MasterHooks>, before: Seen, after: Seen): void {
  if (after.target !== before.target) hooks.call('nworkersChanged', after.target, before.target)
  if (!isStopping(before) && isStopping(after)) hooks.call('onStopping')
}

/** Calls what comes after it. */
export function callHooksAfter(hooks: HookRunner<MasterHooks>, before: Seen, after: Seen): void {
  if (before.phase === 'starting' && after.phase === 'serving') hooks.call('whenReady')
}

/** Calls what belongs to something that the operator is told. */
export function callHooksAtNotice(
  hooks: HookRunner<MasterHooks>,
  notice: Notice,
  pidOf: (id: number) => number | undefined,
): void {
  if (notice.kind !== 'silent') return
  hooks.call('workerAbort', { worker: notice.slot, pid: pidOf(notice.id) }, notice.stack ?? undefined)
}

function isStopping({ phase }: Seen): boolean {
  return phase === 'stopping' || phase === 'quitting'
}
