// `kirin ctl`: looks at a running server and steers it, over its control socket.
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ArbiterStatus } from '../arbiter/status.ts'
import { askMaster } from '../control/control-client.ts'
import type { ReloadAnswer } from '../control/reload-waiters.ts'
import { statusView } from '../control/status-view.ts'
import { exitCodes } from '../ipc/exit-codes.ts'
import { readCommandLine } from './command-line.ts'
import { readSettings } from './configuration.ts'
import { startDirectory } from './own-command.ts'

const HELP = `Usage: kirin ctl [--control-socket path | --config file] command

Looks at a running server, and steers it. Without --control-socket its socket is the one that a server would have which is
started here: by KIRIN_CMD_ARGS, the configuration file (--config, KIRIN_CONFIG, or kirin.config.* in the current directory)
or KIRIN_CONTROL_SOCKET.

  status          how it stands; --json for programs
  top             the same, again and again
  metrics         in the words of Prometheus
  reload          HUP; waits until it has ended, and fails if it did
  stop            TERM: a graceful stop; waits until the server has gone
  quit            QUIT: a quick stop
  more, fewer     TTIN, TTOU: one worker more, one fewer
  reopen          USR1: open the log files anew
  upgrade         USR2: a second master with the same sockets
`

/** Milliseconds between two looks of `top`, and for a server that has gone. */
const LOOK = 1_000
const GONE = 100

/** Clears the screen and puts the cursor in its corner (ECMA-48). */
const CLEAR = '\x1b[2J\x1b[H'

interface Call {
  readonly socket: string
  readonly json: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Runs one command.
 *
 * @param words behind `kirin ctl`
 * @returns the exit code: 0 when what was asked for has been done
 */
export async function ctl(words: readonly string[], environment: Environment): Promise<number> {
  const parsed = read(words)
  if ('problem' in parsed) return fail(parsed.problem)
  if ('answer' in parsed) return tell(parsed.answer)
  const { command, json, named } = parsed
  const found = await socketOf(named, environment)
  if ('problems' in found) return fail(...found.problems)
  const call = { socket: found.socket, json }
  try {
    return await COMMANDS[command](call)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return fail(`${call.socket}: ${REASONS[code ?? ''] ?? message}`)
  }
}

const UNANSWERED =
  'the server closed the connection without an answer: it has ended, or there are too many connections; try again'

/** What the system's codes mean here. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no server answers there',
  ECONNREFUSED: 'no server answers there',
  ECONNRESET: UNANSWERED,
  EPIPE: UNANSWERED,
}

type CommandName = 'status' | 'top' | 'metrics' | 'reload' | 'stop' | 'quit' | 'more' | 'fewer' | 'reopen' | 'upgrade'

const COMMANDS: Readonly<Record<CommandName, (call: Call) => Promise<number>>> = {
  status,
  top,
  metrics: async ({ socket }) => tell((await askMaster(socket, 'GET', '/metrics')).body),
  reload,
  stop: call => stop(call, 'stop'),
  quit: call => stop(call, 'quit'),
  more: call => order(call, 'more'),
  fewer: call => order(call, 'fewer'),
  reopen: call => order(call, 'reopen'),
  upgrade: call => order(call, 'upgrade'),
}

type Parsed =
  | { readonly problem: string }
  | { readonly answer: string }
  | { readonly command: CommandName; readonly json: boolean; readonly named: Named }

/** What says which server is meant. */
interface Named {
  readonly socket: string | undefined
  readonly config: string | undefined
}

const UNKNOWN =
  'which server? --control-socket PATH, or KIRIN_CONTROL_SOCKET, tells; or controlSocket in the configuration file here, or that of --config'

const UNREADABLE = 'a server that runs is still found by --control-socket PATH'

/** Which socket was named, or where that of a server would be that is started in this place. */
async function socketOf(
  { socket, config }: Named,
  environment: Environment,
): Promise<{ readonly socket: string } | { readonly problems: readonly string[] }> {
  if (socket !== undefined) return { socket }
  const commandLine = readCommandLine(config === undefined ? [] : ['--config', config], 'command line')
  const directory = startDirectory()
  const read = await readSettings({ commandLine, environment, directory })
  if ('problems' in read) return { problems: [...read.problems, UNREADABLE] }
  const { controlSocket, chdir } = read.settings
  if (controlSocket === null) return { problems: [UNKNOWN] }
  const place = resolve(directory, chdir ?? '.', controlSocket)
  const fromHere = relative(directory, place)
  // The address of a UNIX socket has room for some hundred characters only.
  return { socket: fromHere.startsWith('..') ? place : fromHere }
}

function read(words: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        'control-socket': { type: 'string' },
        config: { type: 'string', short: 'c' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    const [name = '', ...more] = positionals
    const { json, help, config, 'control-socket': socket } = values
    if (help) return { answer: HELP }
    if (!isCommand(name) || more.length > 0) return { problem: `expected one of ${Object.keys(COMMANDS).join(', ')}` }
    return { command: name, json, named: { socket, config } }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name)
}

async function status({ socket, json }: Call): Promise<number> {
  const { status: code, body } = await askMaster(socket, 'GET', '/status')
  if (code !== 200) return fail(body.trim())
  return tell(json ? body : statusView(JSON.parse(body) as ArbiterStatus))
}

async function top(call: Call): Promise<number> {
  let before: ArbiterStatus | undefined
  for (;;) {
    const { body } = await askMaster(call.socket, 'GET', '/status')
    const now = JSON.parse(body) as ArbiterStatus
    tell(CLEAR + statusView(now, before))
    before = now
    await pause(LOOK)
  }
}

async function reload({ socket }: Call): Promise<number> {
  const { status: code, body } = await askMaster(socket, 'POST', '/reload')
  if (code !== 200) return fail(body.trim())
  const { outcome, reason } = JSON.parse(body) as ReloadAnswer
  switch (outcome) {
    case 'done':
      return tell('reloaded\n')
    case 'failed':
      return fail(`the reload failed, the old workers go on: ${reason}`)
    case 'cut':
      return fail(`the reload did not end: ${reason}`)
  }
}

async function stop({ socket }: Call, path: 'stop' | 'quit'): Promise<number> {
  const { status: code, body } = await askMaster(socket, 'POST', `/${path}`)
  if (code !== 202) return fail(body.trim())
  while (await answers(socket)) await pause(GONE)
  return tell('stopped\n')
}

async function order({ socket }: Call, path: string): Promise<number> {
  const { status: code, body } = await askMaster(socket, 'POST', `/${path}`)
  return code === 202 ? exitCodes.ok : fail(body.trim())
}

async function answers(socket: string): Promise<boolean> {
  try {
    await askMaster(socket, 'GET', '/livez')
    return true
  } catch {
    return false
  }
}

function tell(text: string): number {
  process.stdout.write(text)
  return exitCodes.ok
}

function fail(...problems: readonly string[]): number {
  process.stderr.write(problems.map(problem => `kirin ctl: ${problem}\n`).join(''))
  return exitCodes.failure
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })
}
