// npm start: installs and builds what is missing, then runs Kirin with two workers on the example shop.
// PORT and HOST choose another address; further arguments go to kirin.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { bold, dim, report, stopCommandsOnSignal } from './steps.mjs'
import { prepare, root } from './workspace.mjs'

const host = process.env.HOST || '127.0.0.1'
const port = process.env.PORT || '8000'

/** Signals passed on to the master as they are. HUP is not: here it means that the terminal was closed. */
const FORWARDED = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGTTIN', 'SIGTTOU', 'SIGUSR1', 'SIGUSR2']

try {
  process.stdout.write(`${bold('Kirin on examples/express-shop')}\n`)
  stopCommandsOnSignal()
  await prepare()
  process.removeAllListeners('SIGINT')
  process.removeAllListeners('SIGTERM')
  serve()
} catch (error) {
  report(error)
  process.exitCode = 1
}

function serve() {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host
  process.stdout.write(`\n  Open ${bold(`http://${shown}:${port}/`)}   ${dim('Ctrl-C stops it')}\n\n`)

  const env = { ...process.env }
  // Given as --bind below: kirin would listen on all addresses for PORT alone.
  delete env.PORT
  const kirin = spawn(
    process.execPath,
    [
      path.join(root, 'packages/server/dist/cli/bin.js'),
      `--bind=${host.includes(':') ? `[${host}]` : host}:${port}`,
      '--workers=2',
      '--access-logfile=-',
      ...process.argv.slice(2),
      'app.js',
    ],
    // A process group of its own: Ctrl-C reaches Kirin once, from here, and not once more from the terminal.
    { cwd: path.join(root, 'examples/express-shop'), env, stdio: 'inherit', detached: true },
  )
  for (const signal of FORWARDED) process.on(signal, () => kirin.kill(signal))
  process.on('SIGHUP', () => kirin.kill('SIGTERM'))
  kirin.on('error', report)
  kirin.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
