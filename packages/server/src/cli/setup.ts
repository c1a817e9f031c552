// From settings to what an arbiter and its workers need: at the start, and again at each reload.
import { dirname, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { ArbiterOptions } from '../arbiter/arbiter.ts'
import { policyOf } from '../arbiter/policy.ts'
import type { Setup } from '../arbiter/setups.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { Reread } from '../config/reread.ts'
import { type Settings, settingsTable } from '../config/settings.ts'
import type { MasterHooks } from '../hooks/hooks.ts'
import { masterHookRunner } from '../hooks/master-hooks.ts'
import type { Inheritance } from '../ipc/inheritance.ts'
import type { Account } from '../ipc/messages.ts'
import type { ErrorLog } from '../log/error-log.ts'
import { logTargets } from '../log/log-targets.ts'
import type { BoundSocket } from '../transport/bind.ts'
import type { CertificateKeeper } from '../transport/tls/certificate-keeper.ts'
import { HomeDirectory } from './home-directory.ts'
import { giveSocketFiles } from './ownership.ts'
import { bindAll } from './sockets.ts'

/** What of a configuration a reload may exchange. */
export interface Configured {
  readonly settings: Settings
  readonly application: string
  readonly hooks: MasterHooks
  readonly hooksFile: string | null
}

/** What stays as it is for as long as the master lives. */
export interface SetupMeans {
  readonly logger: Logger
  /** Has the log's destinations take lines from other levels on. */
  readonly setLevels: ErrorLog['setLevels']
  readonly certificates: CertificateKeeper | undefined
  readonly account: Account | null
  readonly inheritance: Inheritance | undefined
  /** Whether a program that listens by itself is run. */
  readonly isProgram: boolean
  /** Whether the settings say where to listen: not with sockets that were passed, nor for a program that says it itself. */
  readonly isBound: boolean
  /** The name of the directory that the master was started in; `null` where it is not known. */
  readonly directory: string | null
  /** Where the control socket is, by its absolute path; `undefined` where there is none. */
  readonly controlSocket: string | undefined
}

/** What the operator is told instead. */
interface Problems {
  readonly problems: readonly string[]
}

/** Settings that the master has made use of once and for all: another value is for the next start, or an upgrade. */
const FIXED = [
  'pid',
  'daemon',
  'init',
  'user',
  'group',
  'initgroups',
  'umask',
  'rawEnv',
  'errorLogfile',
  'logFormat',
  'captureOutput',
  'logConfig',
  'loggerClass',
  'preloadApp',
  'syslog',
  'syslogAddr',
  'syslogPrefix',
  'syslogFacility',
  'statsdHost',
  'statsdPrefix',
  'dogstatsdTags',
  'metricsBind',
  'controlSocket',
  'reload',
  'reloadExtraFiles',
  'reusePort',
] as const satisfies readonly (keyof Settings)[]

/** Binds what the settings name, and gathers the rest. */
export async function firstSetup(configured: Configured, means: SetupMeans): Promise<Setup | Problems> {
  const sockets = await socketsFor(configured.settings, means, [])
  if ('problems' in sockets) return sockets
  return setupOf(configured, means, {
    sockets,
    home: HomeDirectory.entered(configured.settings.chdir, means.directory),
  })
}

/**
 * The same from a configuration that is read again, with the sockets that are there already. If anything is wrong nothing has
 * changed. Never rejects.
 *
 * @param first what the master was started with
 */
export function renewing(reread: Reread, first: Configured, means: SetupMeans): ArbiterOptions['renew'] {
  return async present => {
    const read = await reread()
    if (read.problems !== undefined) return read
    const settings = withFixed(read.settings, first.settings, means)
    const sockets = means.isBound ? await socketsFor(settings, means, present) : present
    if ('problems' in sockets) return sockets
    const application = means.isProgram ? first.application : (settings.app ?? first.application)
    const home = new HomeDirectory(settings.chdir, means.directory)
    return setupOf({ ...read, settings, application }, means, { sockets, home })
  }
}

function withFixed(settings: Settings, first: Settings, { logger, certificates, isBound }: SetupMeans): Settings {
  const fixed: (keyof Settings)[] = [...FIXED]
  // Whether TLS is spoken at all is decided once.
  if (certificates === undefined) fixed.push('certfile', 'keyfile', 'caCerts', 'certReqs', 'ciphers')
  const changed = fixed.filter(key => JSON.stringify(settings[key]) !== JSON.stringify(first[key]))
  if (changed.length > 0) {
    const flags = changed.map(key => settingsTable[key].flag).join(', ')
    logger.warn(`Changed settings that count only from the next start or upgrade (USR2) on: ${flags}`)
  }
  const kept = Object.fromEntries(fixed.map(key => [key, first[key]])) as Partial<Settings>
  return { ...settings, ...kept, ...(isBound ? {} : { bind: first.bind }) }
}

async function socketsFor(
  { bind, reusePort }: Settings,
  { account, certificates, inheritance, isBound }: SetupMeans,
  present: readonly BoundSocket[],
): Promise<readonly BoundSocket[] | Problems> {
  const addresses: readonly BindAddress[] = isBound || present.length === 0 ? bind : []
  const sockets = await bindAll(addresses, { inheritance, present, isSecure: certificates !== undefined, reusePort })
  if ('problems' in sockets || account === null) return sockets
  const added = sockets.filter(socket => !present.includes(socket))
  const names = new Set(added.map(({ name }) => name))
  // Those of before are given already, and somebody may have removed their files since.
  const problems = giveSocketFiles(
    addresses.filter(address => names.has(formatBindAddress(address))),
    account,
  )
  if (problems.length === 0) return sockets
  for (const socket of added) socket.close()
  return { problems }
}

function setupOf(
  { settings, application, hooks, hooksFile }: Configured,
  means: SetupMeans,
  { sockets, home }: { readonly sockets: readonly BoundSocket[]; readonly home: HomeDirectory },
): Setup {
  const { logger, setLevels, certificates, account, isProgram } = means
  const name = settings.name ?? application
  return {
    policy: policyOf(settings, certificates !== undefined),
    // A worker takes what it knows of them.
    order: { application, settings, isProgram, account, hooksFile },
    titleOf: slot => `kirin: worker ${slot} [${name}]`,
    sockets,
    hooks: masterHookRunner(hooks, { settings, log: logger }),
    apply() {
      home.enter(logger)
      warnOfMovedSocket(settings, means)
      // Where a file names the destinations (`--log-config`), their levels are its own.
      setLevels(logTargets(settings).errors.map(({ level }) => level))
      certificates?.use(settings)
    },
  }
}

/** What was bound where the master was at its start is not found by those who go by where it is now. */
function warnOfMovedSocket({ controlSocket: path }: Settings, { logger, controlSocket }: SetupMeans): void {
  if (path === null || controlSocket === undefined || resolve(path) === controlSocket) return
  logger.warn(
    `--control-socket: ${controlSocket} stays where it is, and kirin ctl looks for it in ${dirname(resolve(path))}: give an absolute path`,
  )
}
