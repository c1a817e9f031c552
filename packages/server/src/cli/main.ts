// From the command line to a running master.
import type { Settings } from '../config/settings.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { Inheritance } from '../ipc/inheritance.ts'
import { type Activation, type PassedSocket, passedSockets } from '../systemd/activation.ts'
import { tryApplication, tryProgram } from './check-config.ts'
import { readCommandLine } from './command-line.ts'
import { readConfiguration, rereadConfiguration, withAbsolutePaths } from './configuration.ts'
import { isDaemon, startDaemon } from './daemon.ts'
import type { EarlySignals } from './early-signals.ts'
import { serve } from './master.ts'
import { namedDirectory, ownCommand, startDirectory } from './own-command.ts'
import { giveLogFiles } from './ownership.ts'
import { type Plan, withPassedSockets } from './plan.ts'
import { open, prepare, valuesOf } from './preparation.ts'
import { printConfig, printConfigJson } from './print-config.ts'
import { leaveProcessOne } from './process-one.ts'
import { programFile } from './program-file.ts'
import { refuse } from './refusal.ts'

type Environment = Readonly<Record<string, string | undefined>>

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

/** Descriptors that somebody opened for this command. */
function inherited({ bind }: Settings, passed: readonly PassedSocket[]): readonly number[] {
  return [...bind.flatMap(address => (address.type === 'fd' ? [address.fd] : [])), ...passed.map(({ fd }) => fd)]
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
