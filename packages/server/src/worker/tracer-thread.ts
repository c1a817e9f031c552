// The thread that looks where the main thread stands still, when the master asks for that.
import { type Debugger, Session } from 'node:inspector'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { TRACE_DESCRIPTOR, type TraceAnswer } from '../ipc/heartbeat.ts'

/** More frames than that tell no more. */
const MOST_FRAMES = 40

const channel = new Socket({ fd: TRACE_DESCRIPTOR, readable: true, writable: true })
// The master is gone: nobody will ask any more.
channel.on('error', () => {})
channel.on('data', trace)

/** Stops the main thread at the next place where it can be stopped, notes where that is, and lets it go on. */
function trace(): void {
  const session = new Session()
  const scripts = new Map<string, string>()
  session.connectToMainThread()
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => {
    scripts.set(scriptId, url)
  })
  session.once('Debugger.paused', ({ params: { callFrames } }) => {
    answer({ stack: callFrames.length === 0 ? null : format(callFrames, scripts) })
    session.post('Debugger.resume', () => session.disconnect())
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
}

function format(frames: readonly Debugger.CallFrame[], scripts: ReadonlyMap<string, string>): string {
  const lines = frames.slice(0, MOST_FRAMES).map(({ functionName, location }) => {
    const { scriptId, lineNumber, columnNumber = 0 } = location
    const place = `${pathOf(scripts.get(scriptId) ?? '')}:${lineNumber + 1}:${columnNumber + 1}`
    return `at ${functionName === '' ? '<anonymous>' : functionName} (${place})`
  })
  return lines.join('\n')
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url
}

function answer(what: TraceAnswer): void {
  channel.write(`${JSON.stringify(what)}\n`)
}
