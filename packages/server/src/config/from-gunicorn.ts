// docs/from-gunicorn.md: what becomes of each of gunicorn's settings, signals and hooks.
import { type GunicornSetting, gunicornSettings } from './gunicorn.ts'
import { type Settings, settingsTable } from './settings.ts'

const HEAD = `<!-- Generated from packages/server/src/config/gunicorn.ts by "pnpm --filter @nsgi/server run docs". Do not edit. -->

# Coming from gunicorn

\`gunicorn -w 4 -b :8000 -t 30 --access-logfile - app:server\` is \`kirin -w 4 -b :8000 -t 30 --access-logfile - app.js:server\`. Options and signals keep gunicorn's names where
they mean the same. A configuration file is a module or JSON, its keys are gunicorn's names in JavaScript's spelling (\`max_requests\`: \`maxRequests\`), and so are the [hooks](hooks.md)
(\`on_starting\`: \`onStarting\`). \`GUNICORN_CMD_ARGS\` is \`KIRIN_CMD_ARGS\`; every option has a variable of its own as well.

What is different on purpose:

- Everything that is wrong with the settings is told at once, unknown keys too, and nothing is started.
- A HUP with a broken configuration or application changes nothing: the old workers go on, and each of them stays until its successor is ready.
- \`timeout\` watches the event loop. It does not end slow requests: \`requestTimeout\` does, and \`bootTimeout\` bounds the start.
- Workers that die at once are started again after growing pauses; no exit code of a worker's stops the server.
- Request lines and fields that are too long, folded, or otherwise no HTTP are refused, and no setting permits them.

## Settings

| gunicorn | Kirin | differs |
| --- | --- | --- |
`

const TAIL = `
Kirin has more of its own: [settings.md](settings.md) lists everything.

## Signals

The same, see [signals.md](signals.md): \`TERM\`, \`INT\`, \`QUIT\`, \`HUP\`, \`TTIN\`, \`TTOU\`, \`USR1\`, \`USR2\`, \`WINCH\`. \`TTOU\` takes the worker in the highest place (\`KIRIN_WORKER_ID\`), not the oldest: so the
places have no gap.

## Hooks

\`on_starting\`, \`on_reload\`, \`when_ready\`, \`pre_fork\`, \`child_exit\`, \`nworkers_changed\`, \`pre_exec\`, \`on_exit\`, \`post_fork\`, \`post_worker_init\`, \`worker_int\`, \`worker_exit\`, \`pre_request\` and
\`post_request\` are there in JavaScript's spelling. \`worker_abort\` runs in the master, with the stack at which the worker stood still. \`on_stopping\` and \`worker_ready\` are new. \`when_ready\` comes when the first worker is
ready, not when the sockets are open. \`ssl_context\` has no counterpart.
`

/** Writes the page. */
export function fromGunicorn(): string {
  return `${HEAD}${gunicornSettings.map(row).join('')}${TAIL}`
}

function row({ name, flags, keys, note }: GunicornSetting): string {
  const before = [`\`${name}\``, ...(flags ?? []).map(flag => `\`${flag}\``)].join(', ')
  const after = keys.length === 0 ? '—' : keys.map(spelling).join(', ')
  return `| ${before} | ${after} | ${note ?? ''} |\n`
}

function spelling(key: keyof Settings): string {
  const { flag } = settingsTable[key]
  return flag === null ? `\`${key}\`` : `\`${key}\`, \`${flag}\``
}
