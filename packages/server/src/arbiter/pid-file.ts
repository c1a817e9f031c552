// The file that names the running master.
import { readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The file of `--pid`, which names this process from `write` to `remove`. */
export class PidFile {
  /** As the operator wrote it. */
  readonly #given: string
  /** A reload may change the directory. */
  readonly #path: string
  /** What it is called while another master, which this one has started, has its place (nginx's name). */
  readonly #aside: string
  #isRemoved = false

  constructor(path: string) {
    this.#given = path
    this.#path = resolve(path)
    this.#aside = `${this.#path}.oldbin`
  }

  /**
   * Writes this process's id. A file that names a process which no longer runs, or which is no server of this kind, is replaced: after a
   * crash and a restart of the machine, or of a container, the number may be anybody's.
   *
   * @throws Error with one line for the operator when another master runs, or the file holds something else, or cannot be written
   */
  write(): void {
    const obstacle = obstacleAt(this.#path)
    if (obstacle !== undefined) throw new Error(`--pid: ${this.#given} ${obstacle}`)
    try {
      writeOwn(this.#path)
    } catch (cause) {
      throw new Error(`--pid: cannot write ${this.#given}: ${(cause as Error).message}`, { cause })
    }
  }

  /** Makes place for the file of another master; this one's is called `.oldbin` from then on. */
  setAside(): void {
    attempt(() => {
      if (readPid(this.#path) === process.pid) renameSync(this.#path, this.#aside)
    })
  }

  /**
   * The other master has gone, whatever it has left: the file names this one again. Where somebody had removed this one's before, the
   * other may have found nothing to take the place of; one of a third master, which runs, is left alone then, as at a start.
   */
  takeBack(): void {
    // Written after the removal it would outlive this process.
    if (this.#isRemoved) return
    attempt(() => {
      if (readPid(this.#aside) === process.pid) renameSync(this.#aside, this.#path)
      else if (obstacleAt(this.#path) === undefined) writeOwn(this.#path)
    })
  }

  /**
   * Removes the file, whichever of the two it is, if it still names this process.
   *
   * @returns one line for the operator where it cannot be removed: it stays, and the next master replaces it
   */
  remove(): string | undefined {
    this.#isRemoved = true
    try {
      for (const file of [this.#path, this.#aside]) if (readPid(file) === process.pid) unlinkSync(file)
      return undefined
    } catch (error) {
      return `--pid: cannot remove ${this.#path}: ${(error as Error).message}`
    }
  }
}

/** Why the file cannot become this process's, or go on being it: completes its name. */
function obstacleAt(path: string): string | undefined {
  const other = readPid(path)
  if (other === undefined) {
    return holdsSomething(path) ? 'holds no process id: it is some other file, and is not replaced' : undefined
  }
  const isTaken = other !== process.pid && runs(other) && mayBeMaster(other)
  return isTaken ? `names process ${other}, which is running` : undefined
}

/** Whoever reads the file meanwhile finds the old text or the new one, never half of it. */
function writeOwn(path: string): void {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, `${process.pid}\n`)
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

/** A directory that was removed, or made read-only: nothing that a server should stop for. */
function attempt(change: () => void): void {
  try {
    change()
  } catch {
    // As it is.
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
