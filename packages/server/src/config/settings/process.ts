import type { TableOf } from '../setting.ts'
import { fileMask, path, text } from '../value-kinds.ts'

/** The process: its directory, its permissions, its name. */
export interface ProcessSettings {
  readonly chdir: string | null
  readonly umask: number | null
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
    details: 'It is entered anew at each HUP: the path may lead to another directory by then.',
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
