// Files that a master which runs as root makes for workers which do not.
import { chownSync, closeSync, fchownSync, openSync, statSync } from 'node:fs'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { Settings } from '../config/settings.ts'
import type { Account } from '../ipc/messages.ts'
import { logFilesOf, logTargets } from '../log/log-targets.ts'
import { flagOf } from './open-logs.ts'

/**
 * Gives the log files to the workers' account, which opens them by itself, and anew after each rotation; they are made where there are
 * none, as the account may not be allowed to. What is no regular file (`/dev/stderr`, a pipe) stays whose it is.
 *
 * @returns a line for each file that cannot be made or given
 */
export function giveLogFiles(settings: Settings, account: Account): readonly string[] {
  const targets = logTargets(settings)
  return logFilesOf(targets).flatMap(file => {
    try {
      if (mayBeMade(file)) giveLogFile(file, account)
      return []
    } catch (error) {
      const log = targets.access.some(target => target.file === file) ? 'access' : 'errors'
      return [`${flagOf(log, settings)}: ${file} cannot be given to the workers’ account: ${(error as Error).message}`]
    }
  })
}

function giveLogFile(file: string, { uid, gid }: Account): void {
  const descriptor = openSync(file, 'a')
  try {
    fchownSync(descriptor, uid, gid)
  } finally {
    closeSync(descriptor)
  }
}

function mayBeMade(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? true
}

/**
 * Gives socket files to the workers' account, so that `--umask` counts for its group and not for root's.
 *
 * @returns a line for each that cannot be given
 */
export function giveSocketFiles(addresses: readonly BindAddress[], { uid, gid }: Account): readonly string[] {
  return addresses.flatMap(address => {
    if (address.type !== 'unix') return []
    try {
      chownSync(address.path, uid, gid)
      return []
    } catch (error) {
      const { message } = error as Error
      return [`--bind: ${formatBindAddress(address)} cannot be given to the workers’ account: ${message}`]
    }
  })
}
