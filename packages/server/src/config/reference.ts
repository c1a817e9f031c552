// docs/settings.md, from the settings table.
import { type BindAddress, formatBindAddress } from './bind-address.ts'
import { type SettingGroup, variableName } from './setting.ts'
import { type Settings, settingsTable } from './settings.ts'

const GROUPS: readonly SettingGroup[] = [
  'Application',
  'Sockets',
  'TLS',
  'Workers',
  'Requests',
  'Proxies',
  'Logging',
  'Monitoring',
  'Process',
]

const HEAD = `<!-- Generated from packages/server/src/config/settings/*.ts by "pnpm --filter @nsgi/server run docs". Do not edit. -->

# Settings of Kirin

    kirin [options] app.js[:export]

\`app.js\` is a path, with or without \`.js\`, \`.mjs\` or \`.cjs\`; a directory stands for the \`main\` of its package.json, or for
its index file. What follows a colon names an export, instead of the default export. ES modules and CommonJS both work.

Where a setting comes from, lowest precedence first:

1. its default;
2. the environment: a well-known variable such as \`PORT\`, over it the setting's own \`KIRIN_…\`; an empty variable counts
   as absent; where an option may be repeated, commas separate the values;
3. the configuration file;
4. \`KIRIN_CMD_ARGS\`, which holds options as on the command line, quoted as for a shell;
5. the command line.

A setting given in a later place replaces the earlier one whole. All mistakes are reported at once, one line each with the place that it was made in, and
nothing is started: the exit code is 1. An option given twice counts with its last value, unless it may be repeated.

\`kirin --check-config\` tells whether a start would work: it checks everything, opens logs and certificates, and loads the application in a process of its own, without
its \`startup\` and for \`--boot-timeout\` seconds at most (of a program for \`kirin run\` it checks the syntax only). \`--print-config\` shows every setting, its value and the
place that it comes from; \`--print-config-json\` the same as JSON.

## The configuration file

\`kirin.config.ts\`, \`.mts\`, \`.js\`, \`.mjs\` or \`.json\` in the directory that Kirin is started in, or the file that \`--config\` names. It holds settings by the keys that are given
below, and as a module the [hooks](hooks.md) too. A module exports an object, a promise of one, or a function that returns either:

\`\`\`ts
import { defineConfig } from '@nsgi/server'

export default defineConfig({ app: 'server.js', bind: ['0.0.0.0:8000', 'unix:/run/app.sock'], workers: 4, limitRequestBody: '10M' })
\`\`\`

\`\`\`json
{ "$schema": "./node_modules/@nsgi/server/kirin.config.schema.json", "app": "server.js", "workers": 4 }
\`\`\`

Numbers, texts and booleans are written as what they are, settings that may be repeated as arrays. Unknown keys are mistakes. Paths are relative to the directory that Kirin is started in, or to
\`chdir\`, not to the file. TypeScript is loaded by Node itself where it strips types (from 22.18 on), else by jiti: \`npm install jiti\`.
Behind \`"$schema"\` an editor finds what it needs to complete and check a JSON file.
`

/** Writes the whole page. */
export function settingsReference(): string {
  const sections = GROUPS.map(group => {
    const keys = (Object.keys(settingsTable) as (keyof Settings)[]).filter(key => settingsTable[key].group === group)
    return `## ${group}\n\n${keys.map(entry).join('\n')}`
  })
  return `${HEAD}\n${sections.join('\n')}`
}

function entry(key: keyof Settings): string {
  const setting = settingsTable[key]
  const flags = [setting.short, setting.flag, ...(setting.aliases ?? [])].filter(flag => typeof flag === 'string')
  const spellings = flags.length === 0 ? [''] : flags
  const variables = [variableName(key), ...(setting.variables ?? []).map(({ name }) => name)]
  const details = setting.details === undefined ? '' : `\n${setting.details}\n`
  return `### \`${setting.flag ?? key}\`

${setting.summary}.
${details}
- Written: ${spellings.map(flag => `\`${`${flag} ${setting.kind.placeholder}`.trim()}\``).join(', ')}
- Environment: ${variables.map(name => `\`${name}\``).join(', ')}
${setting.inFile === false ? '' : `- Configuration file: \`${key}\`\n`}- Value: ${setting.kind.allowed}
- Default: ${isAbsent(settingsTable[key].default) ? describeDefault(key) : `\`${describeDefault(key)}\``}
`
}

/** The default of a setting in words, as `--help` shows it: `127.0.0.1:8000, or 0.0.0.0:$PORT if PORT is set`. */
export function describeDefault(key: keyof Settings): string {
  const { default: value, defaultText } = settingsTable[key]
  if (isAbsent(value) || value === false) return defaultText ?? 'none'
  const shown = typeof value === 'object' ? value.map(describeElement).join(',') : String(value)
  return defaultText === undefined ? shown : `${shown}, ${defaultText}`
}

function isAbsent(value: unknown): value is null | '' | readonly never[] {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function describeElement(element: BindAddress | string): string {
  return typeof element === 'string' ? element : formatBindAddress(element)
}
