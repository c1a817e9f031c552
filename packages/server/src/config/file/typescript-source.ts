// The source of file-settings.ts: the settings of a configuration file as a type, with what an editor shows of each.
import { describeDefault } from '../reference.ts'
import { settingOf } from '../setting.ts'
import { type Settings, settingsTable } from '../settings.ts'
import { fileKeys, typeScriptTypes } from './file-value-types.ts'

const HEAD = `// Generated from packages/server/src/config/settings/*.ts by "pnpm --filter @nsgi/server run docs". Do not edit.

/** The settings that a configuration file may hold. Times are in seconds. */
export interface FileSettings {
`

/** Longest line that the formatter leaves alone. */
const LINE_WIDTH = 120

/** Writes the file. */
export function fileSettingsSource(): string {
  return `${HEAD}${fileKeys.map(member).join('')}}\n`
}

function member(key: keyof Settings): string {
  const setting = settingOf(settingsTable, key)
  const comment = `  /** ${setting.summary} (default: ${describeDefault(key)}). */`.replaceAll(/\*\/(?!$)/g, '*\\/')
  const types = [...typeScriptTypes(setting), 'undefined']
  const line = `  readonly ${key}?: ${types.join(' | ')}`
  if (line.length <= LINE_WIDTH) return `${comment}\n${line}\n`
  return `${comment}\n  readonly ${key}?:\n${types.map(type => `    | ${type}\n`).join('')}`
}
