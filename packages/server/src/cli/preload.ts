// The application is loaded before there are workers, in a process of its own (--preload-app).
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import nodeModule from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Account, BootFailure } from '../ipc/messages.ts'
import { tryApplication } from './check-config.ts'
import type { Configuration } from './configuration.ts'

/** What came of it. */
export interface Preloaded {
  /** Why the application cannot be loaded, if so. */
  readonly failure: BootFailure | undefined
  /** Removes what was kept for workers. */
  dispose(): void
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
export async function preload(configuration: Configuration, account: Account | null): Promise<Preloaded> {
  const directory = makeCache(account)
  const failure = configuration.program === undefined ? await tryApplication(configuration, account) : undefined
  return {
    failure,
    dispose: () => directory !== undefined && rmSync(directory, { recursive: true, force: true }),
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
