// The file that names the running master.
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'

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

/** Removes the file if it still names this process. */
export function removePidFile(path: string): void {
  if (readPid(path) === process.pid) unlinkSync(path)
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
