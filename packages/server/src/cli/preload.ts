// The application is loaded before there are workers, in a process of its own (--preload-app).
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Account, BootFailure } from '../ipc/messages.ts'
import { tryApplication } from './check-config.ts'
import type { Configuration } from './configuration.ts'

/** A load that is under way, or over. */
export interface Preloading {
  /** Why the application cannot be loaded, if so. */
  readonly failure: Promise<BootFailure | undefined>
  /** Ends the process that loads it, where there is one, and removes what was kept for workers. */
  end(): Promise<void>
}

const PREFIX = 'kirin-cache-'

const NODES_CACHE = 'NODE_COMPILE_CACHE'

/**
 * Loads the application once, so that what is wrong with it is found before anything is bound and told once. What Node compiles there is
 * kept for the workers, in a directory that is theirs and the master's alone: a shared one could be written to by others. Only Node from
 * 22.1 on has that, and one that the operator has chosen stays.
 *
 * A program that listens by itself (`kirin run`) is not loaded, it would listen.
 */
export function preload(configuration: Configuration, account: Account | null): Preloading {
  const directory = makeCache(account)
  const ending = new AbortController()
  const failure =
    configuration.program === undefined
      ? tryApplication(configuration, account, ending.signal)
      : Promise.resolve(undefined)
  return {
    failure,
    async end() {
      ending.abort()
      // It may be writing there.
      await failure.catch(() => undefined)
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}

function makeCache(account: Account | null): string | undefined {
  const chosen = process.env[NODES_CACHE]
  // That of a master which this one takes over from (USR2) goes with it.
  const isChosen = chosen !== undefined && !basename(chosen).startsWith(PREFIX)
  if (!('enableCompileCache' in nodeModule) || isChosen) return undefined
  const directory = mkdtempSync(join(tmpdir(), PREFIX))
  if (account !== null) chownSync(directory, account.uid, account.gid)
  process.env[NODES_CACHE] = directory
  return directory
}
