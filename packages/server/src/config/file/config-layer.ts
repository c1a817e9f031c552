// The settings and hooks that a configuration file holds.
import { type Hooks, masterHookNames, workerHookNames } from '../../hooks/hooks.ts'
import { closest } from '../did-you-mean.ts'
import { gunicornSettings } from '../gunicorn.ts'
import type { RawLayer, RawValue } from '../resolve.ts'
import { settingOf } from '../setting.ts'
import { type Settings, settingsTable } from '../settings.ts'
import type { FileValue } from '../value-kinds.ts'

/** What a configuration file says. */
export interface ConfigLayer {
  readonly layer: RawLayer
  readonly hooks: Hooks
  /** One line for each key that is unknown and each hook that is no function. */
  readonly problems: readonly string[]
}

const hookNames: ReadonlySet<string> = new Set([...masterHookNames, ...workerHookNames])

/**
 * Reads a configuration. A member that is `undefined` counts as absent.
 *
 * @param shown what to call the file in messages
 */
export function configLayer(config: Readonly<Record<string, unknown>>, shown: string): ConfigLayer {
  const values = new Map<keyof Settings, readonly RawValue[]>()
  const hooks: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [key, value] of Object.entries(config)) {
    // For editors: where the JSON schema is.
    if (value === undefined || key === '$schema') continue
    if (isFileKey(key)) values.set(key, rawValues(key, value))
    else if (!hookNames.has(key)) problems.push(`${key}: unknown setting; ${hint(key)} (${shown})`)
    else if (typeof value === 'function') hooks[key] = value
    else problems.push(`${key}: expected a function, got ${typeof value} (${shown})`)
  }
  return { layer: { source: shown, values }, hooks, problems }
}

function isFileKey(key: string): key is keyof Settings {
  return Object.hasOwn(settingsTable, key) && settingOf(settingsTable, key as keyof Settings).inFile !== false
}

function rawValues(key: keyof Settings, value: unknown): readonly RawValue[] {
  const { repeatable, kind } = settingOf(settingsTable, key)
  const elements: readonly unknown[] = repeatable === true && Array.isArray(value) ? value : [value]
  return elements.map(given => ({ name: key, text: textOf(given, kind), given }))
}

/** `null` for what this kind of setting cannot be. */
function textOf(
  given: unknown,
  { file, textOf: format }: { readonly file: FileValue; readonly textOf?: (value: number) => string },
): string | null {
  if (!isOfType(given, file)) return null
  if (typeof given === 'number') return format === undefined ? String(given) : format(given)
  return typeof given === 'boolean' ? (given ? 'on' : 'off') : given
}

function isOfType(given: unknown, { type }: FileValue): given is string | number | boolean {
  const types = typeof type === 'string' ? [type] : type
  return types.some(name => typeof given === (name === 'integer' ? 'number' : name))
}

/** Names in gunicorn's way (`max_requests`, `on_starting`) and the odd slip. */
function hint(key: string): string {
  const names = [...Object.keys(settingsTable).filter(isFileKey), ...hookNames]
  const theirs = gunicornSettings.find(({ name }) => name === key)
  if (theirs !== undefined && theirs.keys.length > 0 && theirs.keys[0] !== undefined)
    return `did you mean ${theirs.keys[0]}?`
  if (theirs?.note !== undefined) return `gunicorn’s, without a counterpart here: ${theirs.note}`
  const camelCase = key.replaceAll(/[_-]+(.)/g, (_, letter: string) => letter.toUpperCase())
  const meant = names.includes(camelCase) ? camelCase : closest(camelCase, names)
  return meant === undefined ? 'docs/settings.md lists them' : `did you mean ${meant}?`
}
