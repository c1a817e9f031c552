// The life of a master, from what is left behind if it ends early to the arbiter.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { type ArbiterOptions, runArbiter } from '../arbiter/arbiter.ts'
import { PidFile } from '../arbiter/pid-file.ts'
import type { UpgradeOptions } from '../arbiter/upgrade.ts'
import { product } from '../config/product.ts'
import { HookError } from '../hooks/hook-runner.ts'
import { masterHookRunner } from '../hooks/master-hooks.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import type { CertificateKeeper } from '../transport/tls/certificate-keeper.ts'
import { findApplicationFile } from '../worker/application-file.ts'
import type { EarlySignals } from './early-signals.ts'
import type { Plan } from './plan.ts'
import { type Preloading, preload } from './preload.ts'
import { programFile, programNow } from './program-file.ts'
import { refuse } from './refusal.ts'
import { firstSetup, renewing, type SetupMeans } from './setup.ts'
import { bindWanted } from './sockets.ts'
import { Surroundings, type SurroundingsOptions } from './surroundings.ts'
import { watchSources } from './watch.ts'

/** What serving needs besides a plan. */
export interface Means extends Omit<SurroundingsOptions, 'settings'> {
  readonly certificates: CertificateKeeper | undefined
  readonly upgrade: Omit<UpgradeOptions, 'pidFile'>
  /** The name of the directory that the command was given in; `null` where it is not known. */
  readonly directory: string | null
  readonly earlySignals: EarlySignals
}

/**
 * Serves until a stop is asked for, or tells why that cannot be.
 *
 * @returns the exit code, when everything has stopped
 */
export async function serve(plan: Plan, means: Means): Promise<number> {
  const { settings, application } = plan
  const { logger } = means.log
  const file = plan.program && programFile(application)
  if (file !== undefined && 'failure' in file) {
    logger.fatal(file.failure)
    return exitCodes.applicationUnusable
  }
  process.title = `kirin: master [${settings.name ?? application}]`
  // Before there is anything in the file system that would be left behind.
  means.earlySignals.catchStops()
  const pidFile = settings.pid === null ? null : new PidFile(settings.pid)
  try {
    pidFile?.write()
  } catch (error) {
    return refuse([(error as Error).message])
  }
  const surroundings = new Surroundings({ ...means, settings })
  const program = plan.program && programNow(application, plan.program.words)
  try {
    return await runUnlessStopped(plan, { ...means, program, surroundings, pidFile })
  } catch (error) {
    if (!(error instanceof HookError)) throw error
    logger.fatal(error.message)
    return exitCodes.failure
  } finally {
    await surroundings.close()
    const leftover = pidFile?.remove()
    if (leftover !== undefined) logger.warn(leftover)
  }
}

interface MasterMeans extends Means {
  readonly pidFile: PidFile | null
  readonly program: ArbiterOptions['program']
  readonly surroundings: Surroundings
}

/**
 * Ends as soon as a stop is asked for while there is no arbiter yet, whatever is waited for.
 *
 * @throws HookError when onStarting does not want it
 */
async function runUnlessStopped(plan: Plan, means: MasterMeans): Promise<number> {
  const { log, account, earlySignals } = means
  const preloading = plan.settings.preloadApp ? preload(plan, account) : undefined
  try {
    return await Promise.race([
      runLoaded(plan, means, preloading),
      earlySignals.stopped.finally(() => log.logger.info('Told to stop before it has begun')),
    ])
  } finally {
    await preloading?.end()
  }
}

async function runLoaded(plan: Plan, means: MasterMeans, preloading: Preloading | undefined): Promise<number> {
  const { log, earlySignals } = means
  const failure = await preloading?.failure
  if (earlySignals.isStopped) return await earlySignals.stopped
  if (failure === undefined) return await runMaster(plan, means)
  log.logger.fatal(failure.message)
  return failure.exitCode
}

/** @throws HookError when onStarting does not want it */
async function runMaster(plan: Plan, { program, surroundings, earlySignals, ...means }: MasterMeans): Promise<number> {
  const { settings, application, reread } = plan
  const { certificates, account } = means
  const { logger } = means.log
  await masterHookRunner(plan.hooks, { settings, log: logger }).run('onStarting')
  if (earlySignals.isStopped) return await earlySignals.stopped
  const { inheritance, isActivated } = means.upgrade
  if (!(await surroundings.admitOperators(inheritance !== undefined))) return exitCodes.addressUnavailable
  const isBound = (plan.program === undefined || plan.program.isBound) && !isActivated
  const setupMeans: SetupMeans = {
    logger,
    setLevels: means.log.setLevels,
    certificates,
    account,
    inheritance,
    isProgram: program !== undefined,
    isBound,
    directory: means.directory,
    controlSocket: settings.controlSocket === null ? undefined : resolve(settings.controlSocket),
  }
  // Where a program listens, it says itself.
  const bind = isBound || isActivated ? settings.bind : []
  const setup = await firstSetup({ ...plan, settings: { ...settings, bind } }, setupMeans)
  if ('problems' in setup) {
    for (const problem of setup.problems) logger.fatal(problem)
    return exitCodes.addressUnavailable
  }
  const { workers } = settings
  if (earlySignals.isStopped) {
    for (const socket of setup.sockets) socket.close()
    return await earlySignals.stopped
  }
  logger.info(`Kirin ${product.version} starts ${workers} worker${workers === 1 ? '' : 's'} for ${application}`)
  const running = runArbiter({
    setup,
    renew: renewing(reread, plan, setupMeans),
    // worker/main.ts and all that it needs in one file (build/worker-bundle.mjs). A program shares modules with its worker, which
    // therefore is not made of others.
    workerModule: fileURLToPath(new URL(program ? '../worker/run.js' : '../bundle/worker.js', import.meta.url)),
    program,
    bindWanted: program && bindWanted({ inheritance, isSecure: certificates !== undefined }),
    certificates,
    log: logger,
    upgrade: { ...means.upgrade, pidFile: means.pidFile },
    watch: settings.reload ? watching(plan, logger) : undefined,
    ...surroundings.calls,
  })
  earlySignals.handOver()
  return await running
}

function watching({ application, settings }: Plan, log: Logger): ArbiterOptions['watch'] {
  return changed => {
    const failed = (error: Error): void => log.error(`--reload: files cannot be watched: ${error.message}`)
    try {
      const { path } = findApplicationFile(application, process.cwd())
      const watched = { application: path, extraFiles: settings.reloadExtraFiles }
      watchSources(watched, changed, failed).then(() => log.info('Watching the application’s files (--reload)'), failed)
    } catch (error) {
      // The workers tell as well that there is none.
      failed(error as Error)
    }
  }
}
