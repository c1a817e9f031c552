// A second master beside this one (SIGUSR2), and a master without workers (SIGWINCH). The one is for a new version of Kirin or Node,
// the other to see how the new one does alone.
import { type Draft, notice } from './draft.ts'
import type { Instant } from './model.ts'
import { placesOf } from './roll.ts'
import { stop } from './stopping.ts'

/** Another master is to be started, unless there is one. */
export function beginUpgrade(draft: Draft): void {
  if (draft.upgrade !== null) return notice(draft, { kind: 'upgrade-pending' })
  draft.upgrade = 'booting'
  notice(draft, { kind: 'upgrading' })
  draft.commands.push({ type: 'upgrade' })
}

/** The other one serves. Its sockets are these, so that nobody has to be waited for who might still come here. */
export function upgradeReady(draft: Draft, at: Instant): void {
  if (draft.upgrade !== 'booting') return
  draft.upgrade = 'ready'
  const auto = draft.policy.upgradeAuto && draft.phase === 'serving'
  notice(draft, { kind: 'upgrade-ready', auto })
  if (auto) stop(draft, 'stopping', at)
}

/** The other one is no more: this one must serve, whatever was to become of it. */
export function upgradeEnded(draft: Draft, ending: string): void {
  if (draft.upgrade === null) return
  notice(draft, { kind: 'upgrade-ended', ending, wasReady: draft.upgrade === 'ready' })
  draft.upgrade = null
  if (draft.isPaused) resume(draft)
}

/** All workers are to go, gracefully, and none is started until something is said. */
export function pause(draft: Draft): void {
  if (draft.isPaused) return
  notice(draft, { kind: 'paused', workers: placesOf(draft) })
  draft.isPaused = true
  draft.reloadTo = null
  draft.fallback = null
}

/** As many workers as there should be are started again. */
export function resume(draft: Draft): void {
  draft.isPaused = false
  notice(draft, { kind: 'resumed', workers: draft.target })
}
