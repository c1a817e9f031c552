// A reload, from SIGHUP to the first new worker: the configuration is read again, and only when nothing is wrong with it anything happens.
import { exitCodes } from '../ipc/exit-codes.ts'
import { HEALTHY_AFTER } from './back-off.ts'
import { type Draft, notice } from './draft.ts'
import type { ArbiterState, Instant, Policy, WorkerRecord } from './model.ts'
import { beginReload, failReload, isOutdated, placesOf } from './roll.ts'
import { withinBounds } from './scaling.ts'
import { resume } from './upgrading.ts'

/** Has the configuration read again; who asks while that is going on has it read once more. */
export function askForConfiguration(draft: Draft): void {
  if (draft.rereading !== 'no') {
    draft.rereading = 'again'
    return
  }
  draft.rereading = 'once'
  draft.commands.push({ type: 'reread' })
}

/** What is configured now counts from now on: workers that have something else are replaced. */
export function configured(draft: Draft, policy: Policy, at: Instant): void {
  if (!mayGoOn(draft)) return
  // A number that was changed by TTIN and TTOU stays, unless the configuration asks for another than it did.
  const { target } = draft
  // A reload that begins anew before it is over may still go back to where the first one came from.
  draft.fallback ??= { policy: draft.policy, target }
  if (policy.workers !== draft.policy.workers || !isWithin(policy, target)) {
    draft.target = withinBounds(policy)
    if (draft.target !== target) notice(draft, { kind: 'target', target: draft.target })
  }
  draft.policy = policy
  if (draft.isPaused) resume(draft)
  draft.commands.push({ type: 'enter-directory' })
  // Before the new workers start, which are to have the new ones.
  if (policy.certificates === true) draft.commands.push({ type: 'renew-certificates' })
  beginReload(draft, at)
}

function isWithin({ scaling }: Policy, target: number): boolean {
  return scaling === null || (target >= scaling.min && target <= scaling.max)
}

/** Something is wrong with it: nothing changes. */
export function misread(draft: Draft, problems: readonly string[], at: Instant): void {
  if (!mayGoOn(draft)) return
  draft.lastReload = { kind: 'failed', at: at.now, reason: problems.join('; ') }
  notice(draft, { kind: 'misread', problems, workers: placesOf(draft) })
}

/** A new worker was ready, and soon after that no more: the old ones, as far as they are there, must not go for such a version. */
export function diedYoung(
  draft: Draft,
  worker: WorkerRecord,
  { ending, at }: { readonly ending: string; readonly at: Instant },
): void {
  if (draft.reloadTo === null || isOutdated(draft, worker)) return
  if (worker.readyAt === null || at.now - worker.readyAt >= HEALTHY_AFTER) return
  if (!draft.workers.some(other => other.phase === 'ready' && isOutdated(draft, other))) return
  const message = `a new worker ${ending} soon after it was ready`
  failReload(draft, { message, detail: null, exitCode: exitCodes.bootFailed }, at)
}

/** Whether what was read is of any use: a stop may have been asked for meanwhile, or another look. */
function mayGoOn(draft: Draft): boolean {
  const isUsed = usesReading(draft)
  const isAsked = draft.rereading === 'again' && isUp(draft)
  draft.rereading = 'no'
  if (isAsked) askForConfiguration(draft)
  return isUsed
}

/** Whether the configuration that is being read is to count. */
export function usesReading(state: Pick<ArbiterState, 'phase' | 'rereading'>): boolean {
  return isUp(state) && state.rereading !== 'again'
}

function isUp({ phase }: Pick<ArbiterState, 'phase'>): boolean {
  return phase === 'starting' || phase === 'serving'
}
