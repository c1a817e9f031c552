// How many workers have died of themselves lately, and what is done when they are too many (--emergency-restart-threshold).
import { type Draft, notice } from './draft.ts'
import type { Instant } from './model.ts'
import { askForConfiguration } from './reloading.ts'

/**
 * A worker that served has died, or stopped after a fault. When that has happened too often within the interval, all workers are
 * replaced as by SIGHUP: what they share (a cache that was poisoned, a connection that hangs, files that were exchanged under them) may be
 * what kills them one after the other. The healthy ones go only when their successors have proved themselves.
 */
export function crashed(draft: Draft, at: Instant): void {
  const { emergency } = draft.policy
  if (emergency === null || draft.phase !== 'serving') return
  draft.crashes = [...draft.crashes, at.now].filter(then => at.now - then <= emergency.interval)
  if (draft.crashes.length < emergency.threshold || draft.reloadTo !== null || draft.rereading !== 'no') return
  notice(draft, { kind: 'emergency', crashes: draft.crashes.length, interval: emergency.interval })
  draft.crashes = []
  askForConfiguration(draft)
}
