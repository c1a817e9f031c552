// The working directory of a configuration: entered anew at each reload, since its path may lead elsewhere by then.
import type { Logger } from 'pino'

export class HomeDirectory {
  readonly #chdir: string | null
  readonly #started: string | null
  /** Where it led when it was entered. */
  #entered: string | undefined

  /**
   * @param chdir what `--chdir` names, absolute
   * @param started the name of the directory that the master was started in; `null` where it is not known
   */
  constructor(chdir: string | null, started: string | null) {
    this.#chdir = chdir
    this.#started = started
  }

  /** The same, entered already: it is the working directory now. */
  static entered(chdir: string | null, started: string | null): HomeDirectory {
    const home = new HomeDirectory(chdir, started)
    home.#entered = here()
    return home
  }

  /**
   * Enters what the path leads to now; when the configuration counts again, since the reload behind it has failed, what it led to
   * before: what is there now has just failed. The log is told where that cannot be done, and the working directory stays.
   */
  enter(log: Pick<Logger, 'error'>): void {
    const path = this.#entered ?? this.#chdir ?? this.#started
    if (path === null) return
    try {
      process.chdir(path)
      this.#entered = here()
    } catch (error) {
      const flag = this.#chdir === null ? '' : '--chdir: '
      log.error(`${flag}cannot change to ${path}: ${(error as Error).message}; the working directory stays`)
    }
  }
}

/** `undefined` where it has been removed. */
function here(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}
