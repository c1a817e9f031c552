// The file of a UNIX socket that a dead server has left behind.
import { lstatSync, statSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/**
 * Removes the file if nobody answers on it.
 *
 * @throws Error with the code EADDRINUSE when somebody does, or when it is no socket; with ENOENT where its directory is missing
 */
export async function claimSocketFile(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) {
    // libuv reports it as EACCES.
    if (statSync(dirname(path), { throwIfNoEntry: false }) !== undefined) return
    throw Object.assign(new Error('its directory does not exist'), { code: 'ENOENT' })
  }
  if (!stat.isSocket()) throw inUse('there is a file of that name, and it is no socket')
  if (await answers(path)) throw inUse('another server answers on it')
  unlinkSync(path)
}

function inUse(message: string): Error {
  return Object.assign(new Error(message), { code: 'EADDRINUSE' })
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    // Whatever else there is to say (EACCES, EAGAIN of a full queue) may come from a living one.
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
  })
}
