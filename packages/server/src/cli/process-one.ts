// Kirin as process 1 of a container: a shell takes that place, which waits for every process whose parent has gone, as Node does not
// (docs/decisions/0016).
import { accessSync, constants } from 'node:fs'
import type { Settings } from '../config/settings.ts'

/**
 * What the shell does: it starts the command, passes on the signals that a master knows, and ends as that does. POSIX; tried with dash,
 * bash and BusyBox. `wait` also returns when a signal has come, whose number plus 128 is no exit code of the command's then; and a
 * shell may have seen the command end within that same call, which asking again tells. Signals are kept for the
 * command until it has begun, which its name in /proc tells, looked at for a second or two at most: dash and BusyBox lose those that come to
 * a child of theirs between fork and exec.
 */
export const INIT_SCRIPT = `early= begun=
pass() { if [ "$begun" ]; then kill -$1 $child; else early="$early $1"; fi; }
for signal in HUP TERM INT QUIT USR1 USR2 TTIN TTOU WINCH; do trap "pass $signal" $signal; done
"$@" <&0 & child=$!
look() { read -r number name state rest </proc/$1/stat; } 2>/dev/null
look $$; own=$name looks=0
while look $child && [ "$name" = "$own" ] && [ "$state" != Z ] && [ $looks -lt 100000 ]; do looks=$((looks + 1)); done
begun=1
for signal in $early; do kill -$signal $child; done
while :; do
  wait $child; code=$?
  kill -0 $child 2>/dev/null && continue
  wait $child 2>/dev/null; again=$?
  [ $again = 127 ] || code=$again
  exit $code
done`

const SHELL = '/bin/sh'

/** What Node has from 22.15 on: another program in the place of this one, in the same process. Returns only by throwing. */
type Execve = (file: string, words: readonly string[], environment: NodeJS.ProcessEnv) => never

/** What is looked at. */
export interface Beginning {
  readonly pid: number
  readonly execve: Execve | undefined
  readonly environment: NodeJS.ProcessEnv
}

/**
 * Has a shell take the place of this process and start this command anew as its child, if this is process 1 and that is possible. Before
 * anything is opened; what cannot be had is left as it was: `watchStrays` tells the operator if it is missed.
 */
export function leaveProcessOne({ init }: Pick<Settings, 'init'>, beginning: Beginning = ofThisProcess()): void {
  const { pid, execve, environment } = beginning
  // Sockets that were passed by a service manager are for process 1 by its number.
  if (init === 'off' || pid !== 1 || execve === undefined || environment['LISTEN_FDS'] !== undefined) return
  const { execPath, execArgv, argv } = process
  try {
    // Node 22 and 24 abort where there is no such program.
    accessSync(SHELL, constants.X_OK)
    execve(SHELL, ['sh', '-c', INIT_SCRIPT, 'kirin', execPath, ...execArgv, ...argv.slice(1)], environment)
  } catch {
    // No shell (an image without a distribution), or Node's permission model forbids it.
  }
}

function ofThisProcess(): Beginning {
  const { pid, env } = process
  const { execve } = process as { readonly execve?: Execve }
  return { pid, execve: execve?.bind(process), environment: env }
}
