// The file that names the running master.
import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'

/** What the file of a master is called while another one, which it has started, has its place (nginx's name). */
function asideOf(path: string): string {
  return `${path}.oldbin`
}

/**
 * Writes this process's id. A file that names a process which no longer runs, or which is no server of this kind, is replaced: after a
 * crash and a restart of the machine, or of a container, the number may be anybody's.
 *
 * @throws Error with one line for the operator when another master runs, or the file holds something else, or cannot be written
 */
export function writePidFile(path: string): void {
  const other = readPid(path)
  if (other !== undefined && other !== process.pid && runs(other) && mayBeMaster(other)) {
    throw new Error(`--pid: ${path} names process ${other}, which is running`)
  }
  if (other === undefined && holdsSomething(path)) {
    throw new Error(`--pid: ${path} holds no process id: it is some other file, and is not replaced`)
  }
  try {
    writeWhole(path, `${process.pid}\n`)
  } catch (cause) {
    throw new Error(`--pid: cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** Whoever reads the file meanwhile finds the old text or the new one, never half of it. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, text)
  try {
    renameSync(beside, path)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function holdsSomething(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').trim() !== ''
  } catch {
    return false
  }
}

/** By its title (Linux); where that cannot be read it may be. */
function mayBeMaster(pid: number): boolean {
  try {
    return /kirin/i.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return true
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

/**
 * Removes the file, whichever of the two it is, if it still names this process.
 *
 * @returns one line for the operator where it cannot be removed: it stays, and the next master replaces it
 */
export function removePidFile(path: string): string | undefined {
  try {
    for (const file of [path, asideOf(path)]) if (readPid(file) === process.pid) unlinkSync(file)
    return undefined
  } catch (error) {
    return `--pid: cannot remove ${path}: ${(error as Error).message}`
  }
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
