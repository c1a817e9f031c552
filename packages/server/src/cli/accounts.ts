// Users and groups by name or number. Node looks names up only to become somebody; files are given away by number.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Account } from '../ipc/messages.ts'

/** Who workers are to be. */
export interface AccountWish {
  /** A name or a number; `null` to stay who the master is. */
  readonly user: string | null
  readonly group: string | null
  /** Whether the user's other groups come with it. */
  readonly initgroups: boolean
}

/** An account, or one line for the operator. */
export type AccountAnswer = { readonly account: Account | null } | { readonly problem: string }

interface PasswordEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Finds out who workers are to be.
 *
 * @param own who this process is
 * @returns the account; `null` where nothing changes
 */
export function accountFor(wish: AccountWish, own: { readonly uid: number; readonly gid: number }): AccountAnswer {
  const user = wish.user === null ? undefined : findUser(wish.user)
  if (wish.user !== null && user === undefined) return { problem: `--user: there is no user ${wish.user}` }
  const gid = wish.group === null ? (user?.gid ?? own.gid) : findGroup(wish.group)
  if (gid === undefined) return { problem: `--group: there is no group ${wish.group}` }
  const uid = user?.uid ?? own.uid
  const groupsOf = wish.initgroups ? (user?.name ?? null) : null
  if (uid === own.uid && gid === own.gid && groupsOf === null) return { account: null }
  if (own.uid !== 0) {
    const flag = wish.user === null ? '--group' : '--user'
    return { problem: `${flag}: only root can become somebody else; start Kirin as root, or without it` }
  }
  return { account: { uid, gid, groupsOf } }
}

/** A number needs no entry: containers run as users that their image does not know. */
function findUser(wanted: string): PasswordEntry | undefined {
  const [name, , uid, gid] = findEntry('passwd', wanted) ?? []
  if (name !== undefined) return { name, uid: Number(uid), gid: Number(gid) }
  return isNumber(wanted) ? { name: wanted, uid: Number(wanted), gid: Number(wanted) } : undefined
}

function findGroup(wanted: string): number | undefined {
  if (isNumber(wanted)) return Number(wanted)
  const gid = findEntry('group', wanted)?.[2]
  return gid === undefined ? undefined : Number(gid)
}

/** The fields of a line of /etc/passwd or /etc/group, or of what stands behind them: directories are asked by getent(1). */
function findEntry(database: 'passwd' | 'group', wanted: string): readonly string[] | undefined {
  const matches = (fields: readonly string[]): boolean => fields[0] === wanted || fields[2] === wanted
  const local = lines(() => readFileSync(`/etc/${database}`, 'utf8')).find(matches)
  return local ?? lines(() => askSystem(database, wanted)).find(matches)
}

function askSystem(database: string, wanted: string): string {
  return execFileSync('getent', ['--', database, wanted], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 10_000,
  })
}

function lines(read: () => string): readonly (readonly string[])[] {
  try {
    return read()
      .split('\n')
      .map(line => line.split(':'))
  } catch {
    return []
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,9}$/.test(text)
}
