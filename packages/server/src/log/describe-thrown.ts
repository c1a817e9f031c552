// What was thrown, in one line for the operator.
import { inspect } from 'node:util'

/**
 * One line that says what was thrown and where: `TypeError: x is not a function (/srv/app.js:3:7)`.
 *
 * The place is the first frame outside Node itself. The whole stack would bury the line that matters.
 */
export function describeThrown(thrown: unknown): string {
  try {
    return describe(thrown)
  } catch {
    // A getter of the application's, a proxy: what reports a failure must not fail.
    return 'something that cannot be described'
  }
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown))
    return inspect(thrown, { breakLength: Infinity })
  const { name, message, stack } = thrown as { name?: unknown; message: unknown; stack?: unknown }
  const line = `${typeof name === 'string' ? name : 'Error'}: ${firstLine(String(message))}`
  const place = typeof stack === 'string' ? placeOf(stack) : undefined
  return place === undefined ? line : `${line} (${place})`
}

/** The first line of a text: what Node appends to some messages (require stacks, source lines) starts on the second. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** `file:line:column` of the first frame that is not Node's own; for a syntax error, the place above the stack. */
function placeOf(stack: string): string | undefined {
  const parsed = /^(?:file:\/\/)?(?<place>\/[^\n]*:\d+)\n/.exec(stack)?.groups?.['place']
  if (parsed !== undefined) return parsed
  for (const line of stack.split('\n')) {
    const frame = /^ +at (?:.*\()?(?:file:\/\/)?(?<place>\/[^()]*:\d+:\d+)\)?$/.exec(line)
    if (frame?.groups !== undefined) return frame.groups['place']
  }
  return undefined
}
