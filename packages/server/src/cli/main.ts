// From the command line to a running master.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { type ArbiterOptions, runArbiter } from '../arbiter/arbiter.ts'
import { removePidFile, writePidFile } from '../arbiter/pid-file.ts'
import type { UpgradeOptions } from '../arbiter/upgrade.ts'
import type { BindAddress } from '../config/bind-address.ts'
import { unsupportedIn } from '../config/conflicts.ts'
import { product } from '../config/product.ts'
import type { Reread } from '../config/reread.ts'
import type { Settings } from '../config/settings.ts'
import { HookError } from '../hooks/hook-runner.ts'
import { masterHookRunner } from '../hooks/master-hooks.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { Inheritance } from '../ipc/inheritance.ts'
import type { Account } from '../ipc/messages.ts'
import { type Activation, type PassedSocket, passedSockets } from '../systemd/activation.ts'
import type { CertificateKeeper } from '../transport/tls/certificate-keeper.ts'
import { findApplicationFile } from '../worker/application-file.ts'
import { accountFor } from './accounts.ts'
import { tryApplication, tryProgram } from './check-config.ts'
import { readCommandLine } from './command-line.ts'
import { type Configuration, readConfiguration, rereadConfiguration, withAbsolutePaths } from './configuration.ts'
import { isDaemon, startDaemon } from './daemon.ts'
import type { EarlySignals } from './early-signals.ts'
import { openLogs } from './open-logs.ts'
import { namedDirectory, ownCommand, startDirectory } from './own-command.ts'
import { giveLogFiles } from './ownership.ts'
import { type Preloading, preload } from './preload.ts'
import { printConfig, printConfigJson } from './print-config.ts'
import { leaveProcessOne } from './process-one.ts'
import { firstSetup, renewing, type SetupMeans } from './setup.ts'
import { bindWanted } from './sockets.ts'
import { Surroundings, type SurroundingsOptions } from './surroundings.ts'
import { watchSources } from './watch.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A configuration that can be read again. */
interface Plan extends Configuration {
  readonly reread: Reread
}

/**
 * Runs the command.
 *
 * @param words the command line without the program's own name
 * @param earlySignals what holds signals for a master; for any other command they have their default effect
 * @returns the exit code, when everything has stopped
 */
export async function main(
  words: readonly string[],
  environment: Environment,
  earlySignals: EarlySignals,
): Promise<number> {
  if (words[0] === 'ctl') {
    await earlySignals.end()
    // Each command loads what it needs: node:http, for one, takes a tenth of a server's start.
    return (await import('./ctl.ts')).ctl(words.slice(1), environment)
  }
  const commandLine = readCommandLine(words, 'command line')
  if (commandLine.answer !== undefined) {
    process.stdout.write(commandLine.answer)
    return exitCodes.ok
  }
  const invocation = { commandLine, environment: { ...environment }, directory: startDirectory() }
  const configuration = await readConfiguration(invocation)
  if ('problems' in configuration) return refuse(configuration.problems)
  const { action } = configuration
  if (action !== 'serve') await earlySignals.end()
  if (action === 'print' || action === 'print-json') {
    process.stdout.write(action === 'print' ? printConfig(configuration) : printConfigJson(configuration))
    return exitCodes.ok
  }
  const settings = withAbsolutePaths(configuration, invocation.directory)
  const plan: Plan = { ...configuration, settings, reread: () => rereadConfiguration(invocation) }
  return action === 'check' ? check(plan) : start(plan, environment, earlySignals)
}

async function start(plan: Plan, environment: Environment, earlySignals: EarlySignals): Promise<number> {
  leaveProcessOne(plan.settings)
  const command = ownCommand()
  const directory = namedDirectory()
  const inheritance = Inheritance.take(process.env, process.ppid)
  // A daemon's successor is in its place already.
  const isBackground = isDaemon() || (plan.settings.daemon && inheritance !== undefined)
  const activation = activationOf(environment, isBackground, inheritance)
  if ('problem' in activation) return refuse([activation.problem])
  const prepared = prepare(plan)
  if ('problems' in prepared) return refuse(prepared.problems)
  if (plan.settings.daemon && !isBackground) {
    await earlySignals.end()
    return startDaemon(inherited(plan.settings, activation.sockets), command.directory)
  }
  const variables = valuesOf(plan.settings.rawEnv)
  const opened = await open(plan)
  if ('problems' in opened) return refuse(opened.problems)
  const { account } = prepared
  const ungiven = account === null ? [] : giveLogFiles(plan.settings, account)
  if (ungiven.length > 0) return refuse(ungiven)
  const upgrade = { command, inheritance, isActivated: activation.sockets.length > 0, variables }
  const means = { ...opened, environment, account, isBackground, upgrade, directory, earlySignals }
  return serve(withPassedSockets(plan, activation.sockets, opened.log.logger), means)
}

/** What was passed by a service manager: to this process, to the one that started it for this (`--daemon`), to the master before it. */
function activationOf(
  environment: Environment,
  isBackground: boolean,
  inheritance: Inheritance | undefined,
): Activation {
  if (inheritance === undefined) return passedSockets(environment, isBackground ? process.ppid : process.pid)
  return { sockets: inheritance.isActivated ? inheritance.claimAll() : [] }
}

/** Makes this process what the settings say, or tells what is wrong with that. */
function prepare({ settings }: Plan): { readonly account: Account | null } | { readonly problems: readonly string[] } {
  const lost = enter(settings.chdir)
  if (lost !== undefined) return { problems: [lost] }
  const unsupported = unsupportedIn(settings)
  if (unsupported.length > 0) return { problems: unsupported }
  if (settings.umask !== null) process.umask(settings.umask)
  const who = accountFor(settings, { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  return 'problem' in who ? { problems: [who.problem] } : who
}

/** Opens the files that the settings name. */
async function open({ settings }: Plan): Promise<Opened | { readonly problems: readonly string[] }> {
  setVariables(settings.rawEnv)
  const log = await openLogs(settings)
  if ('problems' in log) return log
  const certificates = speaksTls(settings) ? await openCertificates(settings, log.logger) : undefined
  if (certificates !== undefined && 'problems' in certificates) return certificates
  return { log, certificates }
}

async function openCertificates(settings: Settings, log: Logger): Promise<ReturnType<typeof CertificateKeeper.open>> {
  const { CertificateKeeper } = await import('../transport/tls/certificate-keeper.ts')
  return CertificateKeeper.open(settings, log)
}

type Opened = Pick<Means, 'log' | 'certificates'>

/** Descriptors that somebody opened for this command. */
function inherited({ bind }: Settings, passed: readonly PassedSocket[]): readonly number[] {
  return [...bind.flatMap(address => (address.type === 'fd' ? [address.fd] : [])), ...passed.map(({ fd }) => fd)]
}

function setVariables(entries: readonly string[]): void {
  for (const entry of entries) process.env[nameIn(entry)] = entry.slice(nameIn(entry).length + 1)
}

/** What these variables are now; `undefined` for those that are not set. */
function valuesOf(entries: readonly string[]): Environment {
  return Object.fromEntries(entries.map(entry => [nameIn(entry), process.env[nameIn(entry)]]))
}

function nameIn(entry: string): string {
  return entry.slice(0, entry.indexOf('='))
}

async function check(plan: Plan): Promise<number> {
  const prepared = prepare(plan)
  if ('problems' in prepared) return refuse(prepared.problems)
  const opened = await open(plan)
  if ('problems' in opened) return refuse(opened.problems)
  const file = plan.program && programFile(plan.application)
  if (file !== undefined && 'failure' in file) return refuse([file.failure], exitCodes.applicationUnusable)
  const failure = file === undefined ? await tryApplication(plan, prepared.account) : tryProgram(file.path)
  if (failure !== undefined) return refuse([failure.message], failure.exitCode)
  process.stdout.write(`kirin: the settings are valid, and ${plan.application} can be loaded\n`)
  return exitCodes.ok
}

/** Sockets that somebody opened for this server stand in the place of those that it would open. */
function withPassedSockets(plan: Plan, sockets: readonly PassedSocket[], log: Logger): Plan {
  if (sockets.length === 0) return plan
  const names = sockets.map(({ fd, name }) => `fd ${fd} (${name})`).join(', ')
  log.info(`Using the sockets that were passed, instead of --bind: ${names}`)
  const bind = sockets.map(({ fd }): BindAddress => ({ type: 'fd', fd }))
  return { ...plan, settings: { ...plan.settings, bind }, program: plan.program && { ...plan.program, isBound: true } }
}

/** Whether any setting of TLS was given. One that is useless without a certificate is a mistake to be told. */
function speaksTls({ certfile, keyfile, caCerts, certReqs, ciphers }: Settings): boolean {
  return certfile.length > 0 || keyfile.length > 0 || caCerts !== null || certReqs !== 'none' || ciphers !== null
}

/** @returns what is wrong with the directory, if it cannot be entered */
function enter(directory: string | null): string | undefined {
  try {
    if (directory !== null) process.chdir(directory)
    return undefined
  } catch (error) {
    return `--chdir: cannot change to ${directory}: ${(error as Error).message}`
  }
}

function refuse(problems: readonly string[], exitCode: number = exitCodes.failure): number {
  process.stderr.write(problems.map(problem => `kirin: ${problem}\n`).join(''))
  return exitCode
}

/** What serving needs besides a plan. */
interface Means extends Omit<SurroundingsOptions, 'settings'> {
  readonly certificates: CertificateKeeper | undefined
  readonly upgrade: Omit<UpgradeOptions, 'pidFile'>
  /** The name of the directory that the command was given in; `null` where it is not known. */
  readonly directory: string | null
  readonly earlySignals: EarlySignals
}

async function serve(plan: Plan, means: Means): Promise<number> {
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
  // A reload may change the directory.
  const pidFile = settings.pid === null ? null : resolve(settings.pid)
  if (settings.pid !== null) {
    try {
      writePidFile(settings.pid)
    } catch (error) {
      return refuse([(error as Error).message])
    }
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
    if (pidFile !== null) removePidFile(pidFile)
  }
}

interface MasterMeans extends Means {
  readonly pidFile: string | null
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

/** What its path leads to whenever a worker is started: a reload may have entered another directory. */
function programNow(text: string, words: readonly string[]): ArbiterOptions['program'] {
  return () => {
    const file = programFile(text)
    if ('failure' in file) throw new Error(file.failure)
    return { path: file.path, words }
  }
}

function programFile(text: string): { readonly path: string } | { readonly failure: string } {
  try {
    const { path, exportName } = findApplicationFile(text, process.cwd())
    return exportName === 'default' ? { path } : { failure: `kirin run takes a program, not an export of it: ${text}` }
  } catch (error) {
    return { failure: (error as Error).message }
  }
}
