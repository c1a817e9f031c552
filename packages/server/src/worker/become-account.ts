// A worker that was started as root becomes who it is to be, before it loads anything of the application.
import { exitCodes } from '../ipc/exit-codes.ts'
import type { Account } from '../ipc/messages.ts'
import { BootError } from './boot-error.ts'

/**
 * Changes this process's groups, group and user, in that order: the last one takes away the right to change the others.
 *
 * @throws BootError where the system refuses
 */
export function becomeAccount({ uid, gid, groupsOf }: Account): void {
  const { setgroups, setgid, setuid } = process
  // Documented, but missing in the types.
  const { initgroups } = process as { initgroups?: (user: string, extraGroup: number) => void }
  // Windows has none of this.
  if (!setgroups || !initgroups || !setgid || !setuid) return
  try {
    // Without this, root's own groups would stay.
    if (groupsOf === null) setgroups([gid])
    else initgroups(groupsOf, gid)
    setgid(gid)
    setuid(uid)
  } catch (cause) {
    const message = `cannot become user ${uid} and group ${gid}: ${(cause as Error).message}`
    throw new BootError(message, exitCodes.failure, cause)
  }
}
