// pino's JSON lines as lines for people: [time] [pid] [LEVEL] message, in gunicorn's manner.
import { inspect } from 'node:util'

/** Members of a line that have a place of their own; all others follow the message. */
const PLACED = new Set(['time', 'pid', 'level', 'msg', 'err'])

/** What pino writes for an error under `err`. */
interface SerializedError {
  readonly message?: unknown
  readonly stack?: unknown
}

/**
 * Rewrites one line of pino's JSON.
 *
 * Control bytes inside the message are shown escaped, so that no value from outside can forge a line; an error's stack
 * follows on indented lines of its own.
 */
export function formatForPeople(line: string): string {
  const record = JSON.parse(line) as Readonly<Record<string, unknown>>
  const { time, pid, level, msg, err } = record
  const rest = Object.entries(record).filter(([name]) => !PLACED.has(name))
  const fields = rest.map(([name, value]) => ` ${name}=${typeof value === 'number' ? value : inspectOneLine(value)}`)
  const head = `[${String(time)}] [${String(pid)}] [${String(level).toUpperCase()}]`
  return `${head} ${showControls(String(msg ?? errorMessage(err)))}${fields.join('')}\n${stack(err)}`
}

function errorMessage(err: unknown): unknown {
  return (err as SerializedError | undefined)?.message ?? ''
}

function stack(err: unknown): string {
  const text = (err as SerializedError | undefined)?.stack
  if (typeof text !== 'string') return ''
  return text
    .split('\n')
    .map(line => `    ${showControls(line.trim())}\n`)
    .join('')
}

function inspectOneLine(value: unknown): string {
  return showControls(typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity }))
}

function showControls(text: string): string {
  return text.replace(/\p{Cc}/gu, character => {
    return character === '\t' ? ' ' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
