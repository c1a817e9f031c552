// The file that names the running master.
import { readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'

/** What the file of a master is called while another one, which it has started, has its place (nginx's name). */
function asideOf(path: string): string {
  return `${path}.oldbin`
}

/**
 * Writes this process's id. A file that names a process which no longer runs is replaced.
 *
 * @throws Error with one line for the operator when another process runs, or the file cannot be written
 */
export function writePidFile(path: string): void {
  const other = readPid(path)
  if (other !== undefined && other !== process.pid && runs(other)) {
    throw new Error(`--pid: ${path} names process ${other}, which is running`)
  }
  try {
    writeFileSync(path, `${process.pid}\n`)
  } catch (cause) {
    throw new Error(`--pid: cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Makes place for the file of another master; this one's is called `.oldbin` from then on. */
export function setPidFileAside(path: string): void {
  move(path, asideOf(path))
}

/** The other master has gone, whatever it has left. */
export function putPidFileBack(path: string): void {
  move(asideOf(path), path)
}

/** Removes the file, whichever of the two it is, if it still names this process. */
export function removePidFile(path: string): void {
  for (const file of [path, asideOf(path)]) if (readPid(file) === process.pid) unlinkSync(file)
}

function move(from: string, to: string): void {
  try {
    if (readPid(from) === process.pid) renameSync(from, to)
  } catch {
    // A directory that was removed, or made read-only: nothing that a server should stop for.
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
