import type { TableOf } from '../setting.ts'
import { choice, environmentEntry, fileMask, onOff, path, text } from '../value-kinds.ts'

/** The process: its directory, who it is, its environment, its name. */
export interface ProcessSettings {
  readonly chdir: string | null
  readonly umask: number | null
  readonly user: string | null
  readonly group: string | null
  readonly initgroups: boolean
  readonly rawEnv: readonly string[]
  readonly daemon: boolean
  readonly init: 'auto' | 'off'
  readonly pid: string | null
  readonly name: string | null
}

/** Their part of the table. */
export const processSettings: TableOf<ProcessSettings> = {
  chdir: {
    group: 'Process',
    flag: '--chdir',
    kind: path,
    default: null,
    defaultText: 'the current directory',
    summary: 'Directory to change to first; other paths are relative to it',
    details:
      'It is entered anew at each HUP: the path may lead to another directory by then, where it is a link. Without it that holds for the path in `PWD`, if it named the current directory at the start.',
  },
  umask: {
    group: 'Process',
    flag: '--umask',
    short: '-m',
    kind: fileMask,
    default: null,
    defaultText: 'as inherited',
    summary: 'Permissions, in octal, that UNIX sockets and files made by Kirin and the application do not get',
    details:
      'Whoever may write to a socket’s file may connect to it: with `007` that is its owner and its group. gunicorn’s default of 0, everybody, is not taken over.',
  },
  user: {
    group: 'Process',
    flag: '--user',
    short: '-u',
    kind: text('the name or number of a user', '<user>'),
    default: null,
    defaultText: 'whoever starts Kirin',
    summary: 'User that workers become before they load the application; for a master that runs as root',
    details:
      'The master stays root: it binds ports below 1024, reads the keys of certificates, and can do so again at a reload. Workers give up all of root’s groups. ' +
      'Socket files and log files are given to the user. Without `--group` it is the user’s own group.',
  },
  group: {
    group: 'Process',
    flag: '--group',
    short: '-g',
    kind: text('the name or number of a group', '<group>'),
    default: null,
    defaultText: 'that of the user',
    summary: 'Group that workers change to; for a master that runs as root',
  },
  initgroups: {
    group: 'Process',
    flag: '--initgroups',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Whether workers are in the other groups of --user, too',
  },
  rawEnv: {
    group: 'Process',
    flag: '--env',
    short: '-e',
    aliases: ['--raw-env'],
    kind: environmentEntry,
    repeatable: true,
    default: [],
    defaultText: 'as inherited',
    summary: 'Variable for the environment of the application: NAME=value; may be repeated',
  },
  daemon: {
    group: 'Process',
    flag: '--daemon',
    short: '-D',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Go to the background: the command returns when the first worker is ready',
    details:
      'If none becomes ready, it returns with the exit code of the server and what that had to say. The daemon has a session of its own and no terminal: without `--error-logfile` ' +
      'nobody hears of it any more. What the application prints goes nowhere, unless `--capture-output` is given. Service managers need none of this.',
  },
  init: {
    group: 'Process',
    flag: '--init',
    kind: choice<'auto' | 'off'>({ auto: 'auto', off: 'off' }, '<auto|off>'),
    default: 'auto',
    defaultText: 'auto',
    summary: 'Whether, as process 1 of a container, Kirin has a shell take that place, which waits for strays',
    details:
      'Processes whose parents have gone become children of process 1, and Node waits for its own children only: others would stay as zombies. `/bin/sh` passes signals on, and ends as Kirin does, ' +
      'which is started anew as its child. Node 22.15 or later; where there is no shell, with sockets of a service manager (LISTEN_FDS), and everywhere else than as process 1 nothing is done.',
  },
  pid: {
    group: 'Process',
    flag: '--pid',
    short: '-p',
    kind: path,
    default: null,
    defaultText: 'none',
    summary: 'File that holds the master’s process id while it runs',
  },
  name: {
    group: 'Process',
    flag: '--name',
    short: '-n',
    kind: text('a name without control characters', '<name>'),
    default: null,
    defaultText: 'the application’s file',
    summary: 'Name shown in the titles of the processes, as in ps',
  },
}
