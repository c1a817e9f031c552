// Why the system did not start a process.

/** What helps, by the system's error. */
const REMEDIES: Readonly<Record<string, string>> = {
  EMFILE: 'this master has no file descriptors left: raise its limit (ulimit -n; LimitNOFILE= of systemd)',
  ENFILE: 'the machine has no file descriptors left: raise fs.file-max (sysctl)',
  ETXTBSY: 'somebody is writing to that program: try again when it is whole',
  E2BIG: 'the system passes on no environment and command line of that size: look at --env',
  EAGAIN: 'there are as many processes as there may be: raise the limit (ulimit -u; TasksMax= of systemd)',
}

/** Completes "a worker …" and "the new master …": what the system said, and what to do about it where that is known. */
export function describeSpawnFailure({ code = '', message }: NodeJS.ErrnoException): string {
  const remedy = REMEDIES[code]
  return `could not be started: ${message}${remedy === undefined ? '' : `: ${remedy}`}`
}
