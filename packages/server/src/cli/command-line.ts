// The command line, by commander: its options come from the settings table, its values stay raw text until all
// sources are merged, so that every mistake can be told at once.
import { Command, CommanderError, Option } from 'commander'
import { closest } from '../config/did-you-mean.ts'
import { gunicornSettings } from '../config/gunicorn.ts'
import { product } from '../config/product.ts'
import { describeDefault } from '../config/reference.ts'
import type { RawLayer, RawValue } from '../config/resolve.ts'
import { type AnySetting, settingOf } from '../config/setting.ts'
import { type Settings, settingsTable } from '../config/settings.ts'

const ACTIONS = [
  ['--check-config', 'check the settings and load the application, then exit: 0 when all is well'],
  ['--print-config', 'show every setting, its value and where that comes from, then exit'],
  ['--print-config-json', 'the same as JSON'],
] as const

function actionOf(options: Readonly<Record<string, unknown>>): Action {
  if (options['checkConfig'] === true) return 'check'
  if (options['printConfigJson'] === true) return 'print-json'
  return options['printConfig'] === true ? 'print' : 'serve'
}

/** Columns of `--help` where no terminal tells its width. */
const HELP_WIDTH = 100

/** What to do with the settings: serve, or tell whether that would work, or show them. */
export type Action = 'serve' | 'check' | 'print' | 'print-json'

/** What a command line says. */
export interface CommandLine {
  readonly layer: RawLayer
  /** Whether the application is a program that listens by itself: `kirin run server.js`. */
  readonly isProgram: boolean
  /** What follows the program: its own command line. */
  readonly programWords: readonly string[]
  readonly problems: readonly string[]
  readonly action: Action
  /** Text to print instead of doing anything: the answer to `--help` or `--version`. */
  readonly answer: string | undefined
}

const nothing = { isProgram: false, programWords: [], problems: [], action: 'serve', answer: undefined } as const

/**
 * Reads a command line.
 *
 * @param words without the program's own name
 * @param source what to call it in messages
 */
export function readCommandLine(words: readonly string[], source: string): CommandLine {
  const values = new Map<keyof Settings, RawValue[]>()
  let answer = ''
  const command = createCommand((key, value) => values.set(key, [...(values.get(key) ?? []), value]))
  command.configureOutput({
    writeOut: text => void (answer += text),
    writeErr: () => {},
    getOutHelpWidth: () => process.stdout.columns ?? HELP_WIDTH,
  })
  const layer: RawLayer = { source, values }
  try {
    const { operands, unknown } = command.parseOptions([...words])
    const known = command.options.flatMap(({ long, hidden }) => (long === undefined || hidden ? [] : [long]))
    // `--help` in the middle of nonsense is still a cry for help.
    if (unknown.includes('--help') || unknown.includes('-h')) command.outputHelp()
    const isProgram = operands[0] === 'run'
    const [application, ...programWords] = isProgram ? operands.slice(1) : operands
    const extra = isProgram ? [] : programWords
    const problems = answer === '' ? problemsOf({ application, extra, unknown, known, source }) : []
    if (application !== undefined) values.set('app', [{ name: 'app', text: application }])
    const action = actionOf(command.opts())
    return { layer, isProgram, programWords, problems, action, answer: answer === '' ? undefined : answer }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { ...nothing, layer, answer }
    return { ...nothing, layer, problems: [`${error.message.replace(/^error: /, '')} (${source})`] }
  }
}

function createCommand(take: (key: keyof Settings, value: RawValue) => void): Command {
  const command = new Command('kirin')
    .usage('[options] app.js[:export]\n       kirin run [options] server.js [-- arguments]')
    .argument('[app]', 'the application: a file and the name of its export (default: its default export)')
    .description('Serve an NSGI or Express application from pre-forked worker processes.')
    .exitOverride()
    .helpOption(false)
    .configureHelp({ styleTitle: title => title, sortOptions: false })
  for (const key of Object.keys(settingsTable) as (keyof Settings)[]) {
    for (const option of optionsOf(key, take)) command.addOption(option)
  }
  for (const [flag, description] of ACTIONS) command.addOption(new Option(flag, description).helpGroup('Actions:'))
  return command
    .addOption(new Option('-h, --help', 'show this help').helpGroup('Actions:'))
    .addOption(new Option('-V, --version', 'show the version').helpGroup('Actions:'))
    .on('option:help', () => command.outputHelp())
    .on('option:version', () => command.configureOutput().writeOut?.(`${product.name} ${product.version}\n`))
    .addHelpText(
      'after',
      '\nEvery option can be set in the environment as well: --keep-alive as KIRIN_KEEP_ALIVE; and in the configuration file,' +
        '\nas keepAlive. KIRIN_CMD_ARGS holds options as on the command line. The command line wins over KIRIN_CMD_ARGS,' +
        '\nthat over the file, that over the single variables.' +
        '\n\nSignals to the master: TERM stops gracefully, INT and QUIT at once, TTIN and TTOU add and remove a worker,' +
        '\nUSR1 reopens the log files, HUP reloads, USR2 upgrades.',
    )
}

function optionsOf(key: keyof Settings, take: (key: keyof Settings, value: RawValue) => void): readonly Option[] {
  const setting = settingOf(settingsTable, key)
  return spellings(setting).map(({ flags, name }, index) => {
    return (
      optionOf(
        `${flags} ${setting.kind.placeholder}`.trimEnd(),
        `${setting.summary} (default: ${describeDefault(key)})`,
        setting.kind.bare,
      )
        // A switch has no text.
        .argParser((text: string | undefined) => take(key, { name, text: text ?? 'on' }))
        .helpGroup(`${setting.group}:`)
        .hideHelp(index > 0)
    )
  })
}

/** Its spellings, the one for `--help` first; none for what is named without an option. */
function spellings({ flag, short, aliases = [] }: AnySetting): readonly { flags: string; name: string }[] {
  if (flag === null) return []
  const first = { flags: short === undefined ? flag : `${short}, ${flag}`, name: flag }
  return [first, ...aliases.map(alias => ({ flags: alias, name: alias }))]
}

function optionOf(flags: string, description: string, bare: string | undefined): Option {
  const option = new Option(flags, description)
  return bare === undefined ? option : option.preset(bare)
}

function problemsOf(found: {
  readonly application: string | undefined
  readonly extra: readonly string[]
  readonly unknown: readonly string[]
  readonly known: readonly string[]
  readonly source: string
}): string[] {
  const problems = found.unknown
    .filter(word => word.startsWith('-'))
    .map(word => {
      const [flag = word] = word.split('=', 1)
      const theirs = gunicornSettings.find(({ flags }) => flags?.some(name => name === flag))?.note
      const meant = closest(flag, found.known)
      const own = meant === undefined ? 'kirin --help lists the options' : `did you mean ${meant}?`
      const hint = theirs === undefined ? own : `gunicorn’s, without a counterpart here: ${theirs}`
      return `${word}: unknown option; ${hint} (${found.source})`
    })
  const extra = found.extra.map(word => `${word}: expected one application, ${found.application} (${found.source})`)
  return [...problems, ...extra]
}
