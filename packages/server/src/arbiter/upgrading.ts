// A second master beside this one (SIGUSR2), and a master without workers (SIGWINCH). The one is for a new version of Kirin or Node,
// the other to see how the new one does alone.
import { type Draft, notice } from './draft.ts'
import type { Instant } from './model.ts'
import { placesOf } from './roll.ts'
import { stop } from './stopping.ts'

/** Another master is to be started, unless there is one. */
export function beginUpgrade(draft: Draft): void {
  const { upgrade } = draft
  if (upgrade !== null) return notice(draft, { kind: 'upgrade-pending', isPrepared: upgrade !== 'preparing' })
  draft.upgrade = 'preparing'
  draft.commands.push({ type: 'prepare-upgrade' })
}

/** The other one may be started, unless a stop has been asked for meanwhile: it would take over what is being given up. */
export function upgradePrepared(draft: Draft): void {
  if (draft.upgrade !== 'preparing') return
  if (draft.phase !== 'serving') {
    draft.upgrade = null
    return notice(draft, { kind: 'upgrade-dropped' })
  }
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
  const goesOn = draft.phase === 'serving'
  notice(draft, { kind: 'upgrade-ended', ending, wasReady: draft.upgrade === 'ready', goesOn })
  draft.upgrade = null
  if (draft.isPaused && goesOn) resume(draft)
}

/** All workers are to go, gracefully, and none is started until something is said. */
export function pause(draft: Draft, at: Instant): void {
  if (draft.isPaused) return
  notice(draft, { kind: 'paused', workers: placesOf(draft) })
  draft.isPaused = true
  if (draft.reloadTo !== null) {
    draft.lastReload = { kind: 'cut', at: at.now }
    notice(draft, { kind: 'reload-cut' })
  }
  draft.reloadTo = null
  draft.fallback = null
}

/** As many workers as there should be are started again. */
export function resume(draft: Draft): void {
  draft.isPaused = false
  notice(draft, { kind: 'resumed', workers: draft.target })
}
