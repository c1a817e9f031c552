// From all the places that say something to one configuration, or to everything that is wrong with them.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { environmentLayer } from '../config/environment.ts'
import { configLayer } from '../config/file/config-layer.ts'
import { findConfigFile } from '../config/file/find-config-file.ts'
import { loadConfigFile } from '../config/file/load-config-file.ts'
import type { Rereading } from '../config/reread.ts'
import { type Origins, type RawLayer, resolveSettings } from '../config/resolve.ts'
import type { Settings } from '../config/settings.ts'
import { type Hooks, workerHookNames } from '../hooks/hooks.ts'
import { readLogConfig, withAbsoluteFiles } from '../log/log-targets.ts'
import { type Action, type CommandLine, readCommandLine } from './command-line.ts'
import { splitWords } from './words.ts'

/** What a start is made of; none of it changes while a master lives, but what the configuration file holds. */
export interface Invocation {
  readonly commandLine: CommandLine
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where the master was started; absolute. */
  readonly directory: string
}

/** Everything that is needed to run. */
export interface Configuration {
  readonly settings: Settings
  readonly origins: Origins
  readonly application: string
  /** Set for a program that listens by itself (`kirin run`). */
  readonly program: PlannedProgram | undefined
  readonly hooks: Hooks
  /** The configuration file, where it has hooks for workers; absolute. */
  readonly hooksFile: string | null
  readonly action: Action
  /** The text of the file that `logConfig` names. */
  readonly logConfigText: string | null
}

export interface PlannedProgram {
  /** The words of its own command line. */
  readonly words: readonly string[]
  /** Whether the operator says where to listen, instead of the program. */
  readonly isBound: boolean
}

/** What all sources say together. */
interface Sources {
  readonly settings: Settings
  readonly origins: Origins
  readonly file: ReadFile
  readonly fromVariable: CommandLine
}

interface Problems {
  readonly problems: readonly string[]
}

/** Reads what `kirin` would be told in this place, without an application; returns the settings, or a line for everything that is wrong. */
export function readSettings(invocation: Invocation): Promise<Pick<Sources, 'settings'> | Problems> {
  return readSources(invocation)
}

async function readSources({ commandLine, environment, directory }: Invocation): Promise<Sources | Problems> {
  const words = splitWords(environment['KIRIN_CMD_ARGS'] ?? '')
  const fromVariable = readCommandLine(words ?? [], 'KIRIN_CMD_ARGS')
  const given = [environmentLayer(environment), fromVariable.layer, commandLine.layer]
  const file = await readConfigFile(fileNamed(given), directory)
  const [fromEnvironment, ...fromWords] = given
  const layers = [fromEnvironment, file.layer, ...fromWords].filter(layer => layer !== undefined)
  const { settings, origins, problems } = resolveSettings(layers)
  const all = [...commandLine.problems, ...fromVariable.problems, ...file.problems, ...problems]
  if (words === undefined) all.push('KIRIN_CMD_ARGS: a quote is not closed')
  return all.length > 0 || settings === undefined ? { problems: all } : { settings, origins, file, fromVariable }
}

/**
 * Reads all sources.
 *
 * @returns the configuration, or a line for everything that is wrong
 */
export async function readConfiguration(invocation: Invocation): Promise<Configuration | Problems> {
  const { commandLine, directory } = invocation
  const sources = await readSources(invocation)
  if ('problems' in sources) return sources
  const { settings, origins, file, fromVariable } = sources
  const logs = readLogs(settings, directory)
  if ('problems' in logs) return logs
  const application = settings.app
  const { isProgram, words: programWords } = programOf(commandLine, fromVariable)
  if (application === null) return { problems: [isProgram ? NO_PROGRAM : NO_APPLICATION] }
  // PORT is for the program, which may add a host of its own to it.
  const isBound = origins.bind !== 'default' && !origins.bind.startsWith('PORT ')
  const program = isProgram ? { words: programWords, isBound } : undefined
  const hooksFile = workerHookNames.some(name => file.hooks[name] !== undefined) ? file.path : null
  const action = commandLine.action === 'serve' ? fromVariable.action : commandLine.action
  return { settings, origins, application, program, hooks: file.hooks, hooksFile, action, logConfigText: logs.text }
}

const NO_APPLICATION = 'no application given: kirin [options] app.js[:export]; kirin --help tells more'
const NO_PROGRAM = 'run: expected a program, as in kirin run server.js'

/** Who names the application says as well whether it is a program. */
function programOf(
  commandLine: CommandLine,
  fromVariable: CommandLine,
): { isProgram: boolean; words: readonly string[] } {
  const named = commandLine.layer.values.has('app') ? commandLine : fromVariable
  return { isProgram: commandLine.isProgram || named.isProgram, words: named.programWords }
}

/** Where a file for `--log-config` is named it is read with all the rest, so that what is wrong with it is told at once. */
function readLogs(
  { logConfig, chdir }: Settings,
  directory: string,
): { readonly text: string | null } | { readonly problems: readonly string[] } {
  if (logConfig === null) return { text: null }
  const base = resolve(directory, chdir ?? '.')
  let text: string
  try {
    text = readFileSync(resolve(base, logConfig), 'utf8')
  } catch (error) {
    return { problems: [`--log-config: ${(error as Error).message}`] }
  }
  const read = readLogConfig(text, logConfig)
  return 'problems' in read ? read : { text: withAbsoluteFiles(text, base) }
}

interface ReadFile {
  readonly layer: RawLayer | undefined
  readonly hooks: Hooks
  readonly path: string | null
  readonly problems: readonly string[]
}

const NO_FILE: ReadFile = { layer: undefined, hooks: {}, path: null, problems: [] }

async function readConfigFile(named: string | null, directory: string): Promise<ReadFile> {
  const found = findConfigFile(named, directory)
  if (found.path === undefined) return { ...NO_FILE, problems: found.problem === undefined ? [] : [found.problem] }
  const { path, shown } = found
  const { config, problem } = await loadConfigFile(path, shown)
  if (config === undefined) return { ...NO_FILE, problems: [problem] }
  return { ...configLayer(config, shown), path }
}

function fileNamed(layers: readonly RawLayer[]): string | null {
  return (
    layers
      .findLast(({ values }) => values.has('config'))
      ?.values.get('config')
      ?.at(-1)?.text ?? null
  )
}

/**
 * The same settings with absolute paths where a change of directory must not matter: an application may change its directory, and a
 * reload that of the master, and both must find the logs again.
 *
 * @param directory where the master was started; absolute
 */
export function withAbsolutePaths({ settings, logConfigText }: Configuration, directory: string): Settings {
  const chdir = settings.chdir === null ? null : resolve(directory, settings.chdir)
  const absolute = (file: string): string => (file === '-' ? file : resolve(chdir ?? directory, file))
  const { accessLogfile, errorLogfile } = settings
  return {
    ...settings,
    chdir,
    logConfig: logConfigText,
    accessLogfile: accessLogfile === null ? null : absolute(accessLogfile),
    errorLogfile: absolute(errorLogfile),
  }
}

/** Reads all sources again; see `config/reread.ts`. */
export async function rereadConfiguration(invocation: Invocation): Promise<Rereading> {
  const configuration = await readConfiguration(invocation)
  if ('problems' in configuration) return configuration
  const { hooks, hooksFile } = configuration
  return { settings: withAbsolutePaths(configuration, invocation.directory), hooks, hooksFile }
}
