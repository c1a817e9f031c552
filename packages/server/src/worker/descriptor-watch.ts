// Tells the operator when this process runs out of file descriptors. Nobody else does: libuv then accepts each new connection
// and closes it at once, or leaves it waiting, without a word to Node.
import { closeSync, openSync } from 'node:fs'
import type { Logger } from 'pino'

/** Milliseconds between two looks, each of which opens and closes one descriptor: some microseconds. */
const INTERVAL = 1_000

/** Milliseconds between two reports: at the limit's edge the state changes with every connection. */
const REPORT_EVERY = 60_000

/** Begins to look; does not keep the process alive. */
export function watchDescriptors(logger: Logger): void {
  let reported = Number.NEGATIVE_INFINITY
  const look = (): void => {
    const now = performance.now()
    if (now - reported < REPORT_EVERY || !isShort()) return
    reported = now
    logger.error(
      'Out of file descriptors: new connections are closed or kept waiting; raise the limit (ulimit -n) or find what holds them',
    )
  }
  setInterval(look, INTERVAL).unref()
}

function isShort(): boolean {
  try {
    closeSync(openSync('/dev/null', 'r'))
    return false
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'EMFILE' || code === 'ENFILE'
  }
}
