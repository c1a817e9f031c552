// What the configuration says when it is read again, at a reload.
import type { MasterHooks } from '../hooks/hooks.ts'
import type { Settings } from './settings.ts'

/**
 * Reads every source again: the configuration file anew (found anew, too, unless `--config` names it), the environment and the
 * command line as they were at the start. Changes nothing: no directory, no log, no socket.
 *
 * The master calls it at SIGHUP (`ArbiterOptions.reread`). With problems everything stays as it is, and each of them
 * is a line for the log; it never rejects. Paths of `settings` are absolute where a later change of directory must not matter: `chdir`
 * itself, and the log files.
 */
export type Reread = () => Promise<Rereading>

/** What came of it. */
export type Rereading =
  | {
      readonly settings: Settings
      readonly hooks: MasterHooks
      /** What workers are told: `BootOrder.hooksFile`. */
      readonly hooksFile: string | null
      readonly problems?: undefined
    }
  | { readonly problems: readonly string[] }
