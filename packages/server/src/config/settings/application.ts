import type { TableOf } from '../setting.ts'
import { path, text } from '../value-kinds.ts'

/** What is served, and the file that holds the other settings. */
export interface ApplicationSettings {
  readonly app: string | null
  readonly config: string | null
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
}
