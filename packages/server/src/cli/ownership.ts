// Files that a master which runs as root makes for workers which do not.
import { chownSync, closeSync, fchownSync, openSync, statSync } from 'node:fs'
import type { BindAddress } from '../config/bind-address.ts'
import type { Settings } from '../config/settings.ts'
import type { Account } from '../ipc/messages.ts'
import { logFilesOf, logTargets } from '../log/log-targets.ts'

/**
 * Gives the log files to the workers' account, which opens them by itself, and anew after each rotation; they are made where there are
 * none, as the account may not be allowed to. What is no regular file (`/dev/stderr`, a pipe) stays whose it is.
 */
export function giveLogFiles(settings: Settings, { uid, gid }: Account): void {
  for (const file of logFilesOf(logTargets(settings))) {
    if (!mayBeMade(file)) continue
    const descriptor = openSync(file, 'a')
    fchownSync(descriptor, uid, gid)
    closeSync(descriptor)
  }
}

function mayBeMade(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? true
}

/** Gives socket files to the workers' account, so that `--umask` counts for its group and not for root's. */
export function giveSocketFiles(addresses: readonly BindAddress[], { uid, gid }: Account): void {
  for (const address of addresses) if (address.type === 'unix') chownSync(address.path, uid, gid)
}
