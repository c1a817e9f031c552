// What each signal does to a master, in each phase of its life (docs/signals.md).
import type { ArbiterPhase, MasterSignal } from './model.ts'

/** What a signal can mean to a master. `announce` is a stop after the pre-stop delay, `hurry` a second TERM. */
export type SignalAction =
  | 'stop'
  | 'announce'
  | 'hurry'
  | 'quit'
  | 'more'
  | 'fewer'
  | 'reopen'
  | 'reload'
  | 'upgrade'
  | 'pause'
  | 'ignore'

type LivePhase = Exclude<ArbiterPhase, 'gone'>

/** What each signal does in each phase. */
export const signalActions: Readonly<Record<MasterSignal, Readonly<Record<LivePhase, SignalAction>>>> = {
  SIGTERM: { starting: 'stop', serving: 'announce', announced: 'hurry', stopping: 'hurry', quitting: 'ignore' },
  SIGINT: { starting: 'quit', serving: 'quit', announced: 'quit', stopping: 'quit', quitting: 'ignore' },
  SIGQUIT: { starting: 'quit', serving: 'quit', announced: 'quit', stopping: 'quit', quitting: 'ignore' },
  SIGTTIN: { starting: 'more', serving: 'more', announced: 'ignore', stopping: 'ignore', quitting: 'ignore' },
  SIGTTOU: { starting: 'fewer', serving: 'fewer', announced: 'ignore', stopping: 'ignore', quitting: 'ignore' },
  SIGUSR1: { starting: 'reopen', serving: 'reopen', announced: 'reopen', stopping: 'reopen', quitting: 'reopen' },
  SIGHUP: { starting: 'reload', serving: 'reload', announced: 'ignore', stopping: 'ignore', quitting: 'ignore' },
  SIGUSR2: { starting: 'ignore', serving: 'upgrade', announced: 'ignore', stopping: 'ignore', quitting: 'ignore' },
  SIGWINCH: { starting: 'ignore', serving: 'pause', announced: 'ignore', stopping: 'ignore', quitting: 'ignore' },
}
