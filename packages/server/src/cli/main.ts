// From the command line to a running master.
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { runArbiter } from '../arbiter/arbiter.ts'
import { removePidFile, writePidFile } from '../arbiter/pid-file.ts'
import { policyOf } from '../arbiter/policy.ts'
import type { UpgradeOptions } from '../arbiter/upgrade.ts'
import { wantedName } from '../arbiter/wanted-sockets.ts'
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import { environmentLayer } from '../config/environment.ts'
import { product } from '../config/product.ts'
import { resolveSettings } from '../config/resolve.ts'
import { variableName } from '../config/setting.ts'
import type { Settings } from '../config/settings.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { Inheritance } from '../ipc/inheritance.ts'
import type { WantedAddress } from '../ipc/messages.ts'
import { type ErrorLog, openErrorLog } from '../log/error-log.ts'
import { openLogFile } from '../log/log-file.ts'
import { type Activation, type PassedSocket, passedSockets } from '../systemd/activation.ts'
import { adoptSocket, type BoundSocket, bindAddress } from '../transport/bind.ts'
import { CertificateKeeper } from '../transport/tls/certificate-keeper.ts'
import { findApplicationFile } from '../worker/application-file.ts'
import { accountFor } from './accounts.ts'
import { type CommandLine, readCommandLine } from './command-line.ts'
import { isDaemon, startDaemon } from './daemon.ts'
import { ownCommand } from './own-command.ts'
import { giveLogFiles, giveSocketFiles } from './ownership.ts'
import { Surroundings, type SurroundingsOptions } from './surroundings.ts'
import { splitWords } from './words.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is needed to run. */
interface Plan {
  readonly settings: Settings
  readonly application: string
  /** Set for a program that listens by itself (`kirin run`). */
  readonly program: PlannedProgram | undefined
}

interface PlannedProgram {
  /** The words of its own command line. */
  readonly words: readonly string[]
  /** Whether the operator says where to listen, instead of the program. */
  readonly isBound: boolean
}

/**
 * Runs the command.
 *
 * @param words the command line without the program's own name
 * @returns the exit code, when everything has stopped
 */
export async function main(words: readonly string[], environment: Environment): Promise<number> {
  const commandLine = readCommandLine(words, 'command line')
  if (commandLine.answer !== undefined) {
    process.stdout.write(commandLine.answer)
    return exitCodes.ok
  }
  const plan = makePlan(commandLine, environment)
  if ('problems' in plan) return refuse(plan.problems)
  const command = ownCommand()
  const inheritance = Inheritance.take(process.env, process.ppid)
  // A daemon's successor is in its place already.
  const isBackground = isDaemon() || (plan.settings.daemon && inheritance !== undefined)
  const activation = activationOf(environment, isBackground, inheritance)
  if ('problem' in activation) return refuse([activation.problem])
  const { chdir } = plan.settings
  const directory = chdir === null ? null : resolve(chdir)
  const lost = enter(directory, chdir)
  if (lost !== undefined) return refuse([lost])
  if (plan.settings.umask !== null) process.umask(plan.settings.umask)
  const who = accountFor(plan.settings, { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 })
  if ('problem' in who) return refuse([who.problem])
  if (plan.settings.daemon && !isBackground) return startDaemon(inherited(plan.settings, activation.sockets))
  setVariables(plan.settings.rawEnv)
  const settled = { ...plan, settings: withAbsoluteFiles({ ...plan.settings, chdir: directory }) }
  const log = await openLogs(settled.settings)
  if ('problems' in log) return refuse(log.problems)
  if (who.account !== null) giveLogFiles(settled.settings, who.account)
  const certificates = speaksTls(settled.settings) ? CertificateKeeper.open(settled.settings, log.logger) : undefined
  if (certificates !== undefined && 'problems' in certificates) return refuse(certificates.problems)
  const upgrade = { command, inheritance, isActivated: activation.sockets.length > 0 }
  const means = { log, certificates, environment, account: who.account, isBackground, upgrade }
  return serve(withPassedSockets(settled, activation.sockets, log.logger), means)
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

/** Descriptors that somebody opened for this command. */
function inherited({ bind }: Settings, passed: readonly PassedSocket[]): readonly number[] {
  return [...bind.flatMap(address => (address.type === 'fd' ? [address.fd] : [])), ...passed.map(({ fd }) => fd)]
}

function setVariables(entries: readonly string[]): void {
  for (const entry of entries) {
    const end = entry.indexOf('=')
    process.env[entry.slice(0, end)] = entry.slice(end + 1)
  }
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

/** @returns what is wrong with the directory, if it cannot be entered; `shown` is how the operator calls it */
function enter(directory: string | null, shown: string | null = directory): string | undefined {
  try {
    if (directory !== null) process.chdir(directory)
    return undefined
  } catch (error) {
    return `--chdir: cannot change to ${shown}: ${(error as Error).message}`
  }
}

/** At a reload: what the path leads to now. */
function enterAgain(directory: string | null, logger: Logger): void {
  const lost = enter(directory)
  if (lost !== undefined) logger.error(`${lost}; the working directory stays`)
}

/**
 * An application may change its directory; its worker must find the logs again all the same when it reopens them. The
 * master's own may be another one after a reload.
 */
function withAbsoluteFiles(settings: Settings): Settings {
  const { accessLogfile, errorLogfile } = settings
  const absolute = (file: string): string => (file === '-' ? file : resolve(file))
  return {
    ...settings,
    accessLogfile: accessLogfile === null ? null : absolute(accessLogfile),
    errorLogfile: absolute(errorLogfile),
  }
}

function makePlan(commandLine: CommandLine, environment: Environment): Plan | { readonly problems: readonly string[] } {
  const words = splitWords(environment['KIRIN_CMD_ARGS'] ?? '')
  const fromVariable = readCommandLine(words ?? [], 'KIRIN_CMD_ARGS')
  const { settings, problems } = resolveSettings([environmentLayer(environment), fromVariable.layer, commandLine.layer])
  const named = commandLine.application === undefined ? fromVariable : commandLine
  const { application, isProgram, programWords } = named
  const all = [...commandLine.problems, ...fromVariable.problems, ...problems]
  if (words === undefined) all.push('KIRIN_CMD_ARGS: a quote is not closed')
  if (all.length === 0 && application === undefined) {
    all.push('no application given: kirin [options] app.js[:export]; kirin --help tells more')
  }
  if (all.length > 0 || settings === undefined || application === undefined) return { problems: all }
  if (!isProgram) return { settings, application, program: undefined }
  // PORT is for the program, which may add a host of its own to it.
  const isBound = [commandLine.layer, fromVariable.layer].some(({ values }) => values.has('bind'))
  const program = { words: programWords, isBound: isBound || (environment[variableName('bind')] ?? '') !== '' }
  return { settings, application, program }
}

function refuse(problems: readonly string[]): number {
  process.stderr.write(problems.map(problem => `kirin: ${problem}\n`).join(''))
  return exitCodes.failure
}

/** The access log is written by the workers; here it is only tried, so that a wrong path is told at once. */
async function openLogs(settings: Settings): Promise<ErrorLog | { readonly problems: readonly string[] }> {
  const problems: string[] = []
  const { accessLogfile, errorLogfile, logLevel: level, logFormat: format } = settings
  if (accessLogfile !== null && accessLogfile !== '-') {
    try {
      await openLogFile({ destination: accessLogfile, sync: true })
    } catch (error) {
      problems.push(`--access-logfile: ${(error as Error).message}`)
    }
  }
  try {
    const log = await openErrorLog({ file: errorLogfile, level, format })
    return problems.length > 0 ? { problems } : log
  } catch (error) {
    return { problems: [...problems, `--error-logfile: ${(error as Error).message}`] }
  }
}

/** What serving needs besides a plan. */
interface Means extends Omit<SurroundingsOptions, 'settings'> {
  readonly certificates: CertificateKeeper | undefined
  readonly upgrade: Omit<UpgradeOptions, 'pidFile'>
}

async function serve({ settings, application, program }: Plan, means: Means): Promise<number> {
  const { certificates, account } = means
  const { logger } = means.log
  const file = program && programFile(application)
  if (file !== undefined && 'failure' in file) {
    logger.fatal(file.failure)
    return exitCodes.applicationUnusable
  }
  const name = settings.name ?? application
  process.title = `kirin: master [${name}]`
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
  try {
    // Where a program listens, it says itself.
    const binds = program === undefined || program.isBound ? settings.bind : []
    const { inheritance } = means.upgrade
    const sockets = await bindAll(binds, logger, inheritance)
    if (sockets === undefined) return exitCodes.addressUnavailable
    if (account !== null) giveSocketFiles(binds, account)
    const { workers } = settings
    logger.info(`Kirin ${product.version} starts ${workers} worker${workers === 1 ? '' : 's'} for ${application}`)
    return await runArbiter({
      policy: policyOf(settings, certificates !== undefined),
      workerModule: fileURLToPath(new URL(program ? '../worker/run.js' : '../worker/main.js', import.meta.url)),
      program: program && file && { path: file.path, words: program.words },
      bindWanted: program && bindWanted(certificates !== undefined, inheritance),
      // A worker takes what it knows of them.
      order: { application, settings, isProgram: program !== undefined, account },
      titleOf: slot => `kirin: worker ${slot} [${name}]`,
      certificates,
      sockets: certificates === undefined ? sockets : sockets.map(withHttps),
      log: logger,
      upgrade: { ...means.upgrade, pidFile },
      enterDirectory: () => enterAgain(settings.chdir, logger),
      ...surroundings.calls,
    })
  } finally {
    await surroundings.close()
    if (pidFile !== null) removePidFile(pidFile)
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

/** Binds as node does for a program: without a host on all interfaces, those of IPv4 where there is no IPv6. */
function bindWanted(
  isSecure: boolean,
  inheritance: Inheritance | undefined,
): (wanted: WantedAddress) => Promise<BoundSocket> {
  return async wanted => {
    const { address, isAny } = wanted
    const fd = inheritance?.claim(wantedName(wanted))
    if (fd !== undefined) return isSecure ? withHttps(adoptSocket(address, fd)) : adoptSocket(address, fd)
    const bound = await bindAddress(address).catch((error: Error) => {
      if (!isAny || address.type !== 'tcp' || !WITHOUT_IPV6.has(error.cause)) throw error
      return bindAddress({ ...address, host: '0.0.0.0' })
    })
    return isSecure ? withHttps(bound) : bound
  }
}

const WITHOUT_IPV6: ReadonlySet<unknown> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])

function withHttps(socket: BoundSocket): BoundSocket {
  return { ...socket, url: socket.url.replace(/^http:/, 'https:') }
}

async function bindAll(
  addresses: readonly BindAddress[],
  logger: Logger,
  inheritance: Inheritance | undefined,
): Promise<readonly BoundSocket[] | undefined> {
  const outcomes = await Promise.allSettled(
    addresses.map(async address => {
      const fd = inheritance?.claim(formatBindAddress(address))
      return fd === undefined ? bindAddress(address, addresses) : adoptSocket(address, fd)
    }),
  )
  const sockets = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failures = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
  if (failures.length === 0) return sockets
  for (const { message } of failures) logger.fatal(message)
  for (const socket of sockets) socket.close()
  return undefined
}
