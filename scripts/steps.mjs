// Runs commands as named steps: what is under way and how long each took, on a terminal or in a CI log; of a command
// that fails, what failed and the end of what it printed.
import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'

/** How many lines of a failed command are shown: enough for a compiler's or a package manager's last words. */
const TAIL_LINES = 60

/** How often the elapsed time is redrawn on a terminal, in milliseconds. */
const REDRAW_INTERVAL = 100

const terminal = process.stdout.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb'
const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const paint = code => text => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = paint(1)
export const dim = paint(2)
const green = paint(32)
const red = paint(31)
const cyan = paint(36)

/** A step that did not succeed; `output` is everything that its command printed. */
export class StepError extends Error {
  /**
   * @param {string} title
   * @param {string} reason in one line
   * @param {string} output
   */
  constructor(title, reason, output = '') {
    super(`${title}: ${reason}`)
    this.title = title
    this.output = output
  }
}

/** @param {number} milliseconds */
export function formatDuration(milliseconds) {
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/**
 * Announces a step, runs it and reports how it ended.
 *
 * @template T
 * @param {string} title
 * @param {(note: (text: string) => void) => Promise<T>} action may add a remark that stands behind the duration
 * @returns {Promise<T>} what the action returned; rejects with what it threw, after saying that the step failed
 */
export async function step(title, action) {
  const started = performance.now()
  const elapsed = () => formatDuration(performance.now() - started)
  let remark = ''
  const draw = () => process.stdout.write(`\r\u001b[2K${cyan('•')} ${title} ${dim(elapsed())}`)
  const finish = (mark, text) => process.stdout.write(`${terminal ? '\r\u001b[2K' : ''}${mark} ${title} ${dim(text)}\n`)

  const timer = terminal ? setInterval(draw, REDRAW_INTERVAL) : undefined
  if (terminal) draw()
  else process.stdout.write(`• ${title} …\n`)
  try {
    const result = await action(text => {
      remark = text
    })
    finish(green('✔'), remark === '' ? elapsed() : `${elapsed()}, ${remark}`)
    return result
  } catch (error) {
    finish(red('✘'), elapsed())
    throw error
  } finally {
    clearInterval(timer)
  }
}

/** Commands under way, so that an interrupted run leaves none behind. */
const running = new Set()

/** From here on INT and TERM end the commands under way, then this process. */
export function stopCommandsOnSignal() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal)
      process.stdout.write('\n')
      process.exit(code)
    })
  }
}

/**
 * Runs a command to its end with no standard input.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, accept?: readonly number[] }} options `show` lets it
 *   write straight to this process's output instead of being captured; `accept` are exit codes that are no failure
 * @returns {Promise<{ code: number, output: string }>} rejects with a StepError for any other code or a signal
 */
export function run(command, args, { cwd, env, show = false, accept = [0] } = {}) {
  const title = [command === process.execPath ? 'node' : command, ...args].join(' ')
  const { promise, resolve, reject } = withResolvers()
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  })
  const output = []
  running.add(child)
  child.stdout?.on('data', chunk => output.push(chunk))
  child.stderr?.on('data', chunk => output.push(chunk))
  child.on('error', error => {
    running.delete(child)
    reject(new StepError(title, error.message))
  })
  child.on('close', (code, signal) => {
    running.delete(child)
    const text = Buffer.concat(output).toString()
    if (code !== null && accept.includes(code)) resolve({ code, output: text })
    else reject(new StepError(title, signal === null ? `exit code ${code}` : `ended by ${signal}`, text))
  })
  return promise
}

/** Promise.withResolvers of newer Nodes. */
function withResolvers() {
  let resolve
  let reject
  const promise = new Promise((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

/** Prints what failed and the end of what it had printed. */
export function report(error) {
  if (!(error instanceof StepError)) {
    console.error(error)
    return
  }
  const lines = stripVTControlCharacters(error.output).trimEnd().split('\n')
  if (lines.length > TAIL_LINES) console.error(dim(`  … ${lines.length - TAIL_LINES} lines before`))
  if (lines.some(line => line !== ''))
    console.error(
      lines
        .slice(-TAIL_LINES)
        .map(line => `  ${line}`)
        .join('\n'),
    )
  console.error(red(`\n${error.message}`))
}
