// What each signal does to a master, in each phase of its life (docs/signals.md).
import type { ArbiterPhase, MasterSignal } from './model.ts'

/** What a signal can mean to a master. `hurry` is a second TERM; `unsupported` is told and ignored. */
export type SignalAction = 'stop' | 'hurry' | 'quit' | 'more' | 'fewer' | 'reopen' | 'reload' | 'unsupported' | 'ignore'

type LivePhase = Exclude<ArbiterPhase, 'gone'>

/** What each signal does in each phase. */
export const signalActions: Readonly<Record<MasterSignal, Readonly<Record<LivePhase, SignalAction>>>> = {
  SIGTERM: { starting: 'stop', serving: 'stop', stopping: 'hurry', quitting: 'ignore' },
  SIGINT: { starting: 'quit', serving: 'quit', stopping: 'quit', quitting: 'ignore' },
  SIGQUIT: { starting: 'quit', serving: 'quit', stopping: 'quit', quitting: 'ignore' },
  SIGTTIN: { starting: 'more', serving: 'more', stopping: 'ignore', quitting: 'ignore' },
  SIGTTOU: { starting: 'fewer', serving: 'fewer', stopping: 'ignore', quitting: 'ignore' },
  SIGUSR1: { starting: 'reopen', serving: 'reopen', stopping: 'reopen', quitting: 'reopen' },
  SIGHUP: { starting: 'reload', serving: 'reload', stopping: 'ignore', quitting: 'ignore' },
  SIGUSR2: { starting: 'unsupported', serving: 'unsupported', stopping: 'ignore', quitting: 'ignore' },
}
