import { DAY, TEBIBYTE } from '../bounds.ts'
import type { TableOf } from '../setting.ts'
import { bytes, choice, onOff, path, seconds, wholeNumber, workerCount } from '../value-kinds.ts'

/** How many workers there are, and how long each stays. */
export interface WorkersSettings {
  readonly workers: number
  /** 0 for one. */
  readonly workersMin: number
  /** 0 for what `workers` says. */
  readonly workersMax: number
  readonly workerClass: 'async' | 'sync'
  readonly workerConnections: number
  readonly maxRequests: number
  readonly maxRequestsJitter: number
  /** Bytes; 0 for no limit. */
  readonly maxMemory: number
  readonly maxLifetime: number
  readonly timeout: number
  readonly bootTimeout: number
  readonly gracefulTimeout: number
  readonly emergencyRestartThreshold: number
  readonly emergencyRestartInterval: number
  readonly preStopDelay: number
  readonly healthWindow: number
  readonly reload: boolean
  readonly reloadExtraFiles: readonly string[]
  readonly upgradeAuto: boolean
}

/** Their part of the table. */
export const workersSettings: TableOf<WorkersSettings> = {
  workers: {
    group: 'Workers',
    flag: '--workers',
    short: '-w',
    variables: [{ name: 'WEB_CONCURRENCY' }],
    kind: workerCount,
    default: 1,
    summary: 'Number of worker processes; auto for as many as there are processors for them',
    details:
      'A worker keeps one processor busy: `auto` is the number of processors that the process may run on, or what the quota of its control group (version 1 or 2, a ' +
      'container’s limit) is worth in whole processors, if that is less. TTIN and TTOU change it later.',
  },
  workersMin: {
    group: 'Workers',
    flag: '--workers-min',
    kind: wholeNumber(0, 1024),
    default: 0,
    defaultText: 'one',
    summary: 'Fewest workers, where their number follows how busy they are',
    details: 'It does as soon as one of the two bounds is given: see --workers-max.',
  },
  workersMax: {
    group: 'Workers',
    flag: '--workers-max',
    kind: wholeNumber(0, 1024),
    default: 0,
    defaultText: '--workers, or a fixed number without --workers-min',
    summary: 'Most workers, where their number follows how busy they are',
    details:
      'It starts with `--workers`. When all have been busy for 75 % of the time or more for three seconds, one is added; when for a minute one fewer would not have been busy for ' +
      'more than 50 % of the time, one is taken away, gracefully. Busy is the event loop, with `sync` the worker that has a request.',
  },
  workerClass: {
    group: 'Workers',
    flag: '--worker-class',
    short: '-k',
    kind: choice({ async: 'async', sync: 'sync' }, '<async|sync>'),
    default: 'async',
    summary: 'async: a worker has as many requests under way as come; sync: one at a time',
    details:
      '`sync` is for applications that cannot have two requests under way in one process. A worker with a request accepts no connection, so that new clients get another worker. Requests ' +
      'on connections that it has already wait for their turn, and while one waits answers end their connections. An upgraded connection keeps its worker to itself for as long as ' +
      'it lasts. There have to be as many workers as requests are to be under way at the same time.',
  },
  workerConnections: {
    group: 'Workers',
    flag: '--worker-connections',
    kind: wholeNumber(1, 1_000_000),
    default: 10_000,
    summary: 'Most connections that a worker has at the same time',
    details:
      'With all of them taken the worker accepts no more: new clients wait in the queue of the socket (`--backlog`), or get another worker. Answers then ' +
      'end their connections, so that whoever waits gets a turn. Idle connections count. It is never more than the limit on file descriptors leaves: ' +
      '128 of them are for the application’s files and connections of its own. gunicorn’s 1,000 is for workers that keep a thread or greenlet for each.',
  },
  maxRequests: {
    group: 'Workers',
    flag: '--max-requests',
    kind: wholeNumber(0, 1_000_000_000),
    default: 0,
    defaultText: 'no limit',
    summary: 'Requests after which a worker is replaced; it goes on until its successor is ready',
    details:
      'A remedy for an application that leaks memory. One worker is replaced at a time, and the old one finishes what it has begun: a worker may serve a few more.',
  },
  maxRequestsJitter: {
    group: 'Workers',
    flag: '--max-requests-jitter',
    kind: wholeNumber(0, 1_000_000_000),
    default: 0,
    summary: 'Up to so many requests more, at random for each worker, so that not all are replaced at the same time',
  },
  maxMemory: {
    group: 'Workers',
    flag: '--max-memory',
    kind: bytes(0, TEBIBYTE),
    default: 0,
    defaultText: 'no limit',
    summary:
      'Resident size beyond which a worker is replaced, 512M for instance; it goes on until its successor is ready',
    details:
      'The size is looked at once a second. A worker that is larger from the start shows that the limit is too low: the log says so, and it is ' +
      'replaced after 30 seconds at the earliest.',
  },
  maxLifetime: {
    group: 'Workers',
    flag: '--max-lifetime',
    kind: seconds(0, 366 * DAY),
    default: 0,
    defaultText: 'no limit',
    summary: 'Seconds after which a worker is replaced; it goes on until its successor is ready',
    details: 'One worker is replaced at a time.',
  },
  timeout: {
    group: 'Workers',
    flag: '--timeout',
    short: '-t',
    kind: seconds(0, DAY),
    default: 30,
    summary:
      'Seconds that the event loop of a worker may stand still before the worker is killed and replaced; 0 for no limit',
    details:
      'Not a limit for requests that wait for something: that is `--request-timeout`. Before a worker is killed, a thread of its own finds out where its JavaScript ' +
      'stands still, and the log shows the stack. Time during which the master itself was stopped or got no processor does not count. With 0 ' +
      'there is no such thread, which saves 9 MB in each worker.',
  },
  bootTimeout: {
    group: 'Workers',
    flag: '--boot-timeout',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds a worker may take to load the application and to finish its startup',
    details: 'A worker that takes longer is killed, and started again after a growing pause.',
  },
  gracefulTimeout: {
    group: 'Workers',
    flag: '--graceful-timeout',
    kind: seconds(0, DAY),
    default: 30,
    summary: 'Seconds that running requests may take to finish when a worker stops',
    details:
      'What still runs then is cut off. The application’s `shutdown` gets two seconds more, then the worker is killed.',
  },
  emergencyRestartThreshold: {
    group: 'Workers',
    flag: '--emergency-restart-threshold',
    kind: wholeNumber(0, 1_000_000),
    default: 0,
    defaultText: 'never',
    summary: 'Crashes of workers that served, within --emergency-restart-interval, upon which all workers are replaced',
    details:
      'As by HUP: successors prove themselves before anybody goes. For what workers share, and what kills them one after the other. Failed boots do not count, they are tried again ' +
      'after growing pauses; nor do workers that were told to stop.',
  },
  emergencyRestartInterval: {
    group: 'Workers',
    flag: '--emergency-restart-interval',
    kind: seconds(0.1, DAY),
    default: 60,
    summary: 'Seconds within which crashes are counted for --emergency-restart-threshold',
  },
  preStopDelay: {
    group: 'Workers',
    flag: '--pre-stop-delay',
    kind: seconds(0, DAY),
    default: 0,
    summary: 'Seconds that workers serve on after TERM, before the graceful stop begins',
    details:
      'For load balancers that take a while to notice that a server is on its way out: until they do they send it new connections, which it still takes. A second ' +
      'TERM cuts it short.',
  },
  healthWindow: {
    group: 'Workers',
    flag: '--health-window',
    kind: seconds(0, DAY),
    default: 1,
    summary: 'Seconds that the first new worker of a reload must have served before old workers go for it',
    details:
      'It serves beside all the old ones meanwhile, and gets its part of the requests. A new version that boots and then dies of them ends the reload: the old workers ' +
      'stay. Requests that fail without an end of the worker do not count.',
  },
  reload: {
    group: 'Workers',
    flag: '--reload',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'Reload when a source file of the application changes, for development',
    details:
      'The directory of the application’s file is watched with all below it, but for `node_modules` and names that begin with a dot: files of JavaScript and TypeScript, ' +
      'and `kirin.config.*`. A change does what HUP does, without the health window. A broken version is told of, and the last one that worked goes on.',
  },
  reloadExtraFiles: {
    group: 'Workers',
    flag: '--reload-extra-file',
    kind: path,
    repeatable: true,
    default: [],
    defaultText: 'none',
    summary: 'Further file that --reload watches, templates or translations for instance; may be repeated',
  },
  upgradeAuto: {
    group: 'Workers',
    flag: '--upgrade-auto',
    kind: onOff,
    default: false,
    defaultText: 'off',
    summary: 'After USR2, retire as soon as the workers of the new master are ready',
    details: 'Without it both masters serve until one of them is told to stop: see [signals.md](signals.md).',
  },
}
