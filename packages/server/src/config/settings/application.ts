import type { TableOf } from '../setting.ts'
import { onOff, path, text } from '../value-kinds.ts'

/** What is served, and the file that holds the other settings. */
export interface ApplicationSettings {
  readonly app: string | null
  readonly config: string | null
  readonly preloadApp: boolean
}

/** Their part of the table. */
export const applicationSettings: TableOf<ApplicationSettings> = {
  app: {
    group: 'Application',
    flag: null,
    kind: text('a file and the name of its export', 'app.js[:export]'),
    default: null,
    defaultText: 'none',
    summary: 'The application, as on the command line',
    details:
      'With it in the configuration file or in the environment, `kirin` alone serves it. `kirin run` runs it as a program.',
  },
  config: {
    group: 'Application',
    flag: '--config',
    short: '-c',
    kind: path,
    inFile: false,
    default: null,
    defaultText: 'kirin.config.{ts,mts,js,mjs,json} in the current directory, if there is one',
    summary: 'Configuration file',
  },
  preloadApp: {
    group: 'Application',
    flag: '--preload-app',
    aliases: ['--preload'],
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Load the application once in a process of its own, before anything is bound',
    details:
      'What is wrong with it is told once then, however many workers there are. Where Node keeps compiled code (from 22.1 on), what was compiled there is kept for the workers, in a temporary directory of their own, unless ' +
      '`NODE_COMPILE_CACHE` names one. No memory is shared: Node does not fork. A program for `kirin run` is not loaded, but its workers share what they compile.',
  },
}
