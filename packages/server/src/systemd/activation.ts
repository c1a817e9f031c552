// Sockets that systemd, or whoever speaks its protocol, opens before it starts the server (sd_listen_fds(3)).

type Environment = Readonly<Record<string, string | undefined>>

/** A socket that was passed. */
export interface PassedSocket {
  readonly fd: number
  /** What the unit calls it (`FileDescriptorName=`), for messages. */
  readonly name: string
}

/** What the environment says of passed sockets. */
export type Activation =
  | { readonly sockets: readonly PassedSocket[] }
  /** One line for the operator. */
  | { readonly problem: string }

/** SD_LISTEN_FDS_START: standard input, output and error come before. */
const FIRST = 3

/** More than any unit passes; a larger number is a mistake, and would be looked for one by one. */
const MOST = 1024

/**
 * Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES. Variables for another process are none of ours: a child inherits its parent's.
 *
 * @param pid this process
 */
export function passedSockets(environment: Environment, pid: number): Activation {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = '' } = environment
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined || Number(LISTEN_PID) !== pid) return { sockets: [] }
  const count = /^\d{1,9}$/.test(LISTEN_FDS) ? Number(LISTEN_FDS) : Number.NaN
  if (!(count <= MOST)) {
    return { problem: `LISTEN_FDS: expected a whole number from 0 to ${MOST}, got ${JSON.stringify(LISTEN_FDS)}` }
  }
  const names = LISTEN_FDNAMES.split(':')
  const sockets = Array.from({ length: count }, (_, index) => ({ fd: FIRST + index, name: names[index] || 'unknown' }))
  return { sockets }
}
