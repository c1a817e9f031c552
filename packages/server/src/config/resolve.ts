// From raw texts of several sources to checked settings, or to a list of everything that is wrong with them.
import { inspect } from 'node:util'
import * as v from 'valibot'
import { conflictsIn } from './conflicts.ts'
import { settingOf } from './setting.ts'
import { type Settings, settingsTable } from './settings.ts'
import type { ValueKind } from './value-kinds.ts'

/** One value that somebody gave for a setting. */
export interface RawValue {
  /** The option, variable or key as it was written. */
  readonly name: string
  /** `null` for what a configuration file holds and no text stands for: an object, a number where there can be none. */
  readonly text: string | null
  /** What a configuration file holds. */
  readonly given?: unknown
  /** How to read it, where that differs from the setting's own kind. */
  readonly kind?: ValueKind<unknown> | undefined
}

/** Everything that one source says. */
export interface RawLayer {
  /** Names the source in messages: `command line`, `kirin.config.ts`. */
  readonly source: string
  readonly values: ReadonlyMap<keyof Settings, readonly RawValue[]>
}

/** The settings, or a line for each mistake. */
export type Resolution =
  | { readonly settings: Settings; readonly origins: Origins; readonly problems: readonly [] }
  | { readonly settings: undefined; readonly origins?: undefined; readonly problems: readonly string[] }

/** Where each setting comes from: `--workers (command line)`, or `default`. */
export type Origins = { readonly [Key in keyof Settings]: string }

type Outcome = { readonly value: unknown } | { readonly problems: readonly string[] }

/**
 * Merges and checks what the sources say, each setting by itself and all of them together.
 *
 * @param layers lowest precedence first
 */
export function resolveSettings(layers: readonly RawLayer[]): Resolution {
  const merged = mergeLayers(layers)
  if (merged.settings === undefined) return merged
  const conflicts = conflictsIn(merged.settings)
  return conflicts.length > 0 ? { settings: undefined, problems: conflicts } : merged
}

/**
 * Merges what the sources say, and checks each setting by itself.
 *
 * A later layer replaces an earlier one whole, setting by setting. A value that is replaced is not checked: a wrong
 * variable of the environment can be overridden on the command line.
 *
 * @param layers lowest precedence first
 */
export function mergeLayers(layers: readonly RawLayer[]): Resolution {
  const settings: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  const problems: string[] = []
  for (const key of Object.keys(settingsTable) as (keyof Settings)[]) {
    const layer = layers.findLast(candidate => candidate.values.has(key))
    const outcome = layer === undefined ? { value: settingsTable[key].default } : readSetting(key, layer)
    if ('value' in outcome) settings[key] = outcome.value
    else problems.push(...outcome.problems)
    origins[key] = originOf(key, layer)
  }
  if (problems.length > 0) return { settings: undefined, problems }
  return { settings: settings as unknown as Settings, origins: origins as unknown as Origins, problems: [] }
}

function originOf(key: keyof Settings, layer: RawLayer | undefined): string {
  if (layer === undefined) return 'default'
  const name = layer.values.get(key)?.at(-1)?.name
  return name === undefined ? layer.source : `${name} (${layer.source})`
}

function readSetting(key: keyof Settings, layer: RawLayer): Outcome {
  const setting = settingOf(settingsTable, key)
  const given = layer.values.get(key) ?? []
  const counted = setting.repeatable === true ? (setting.commas ? given.flatMap(listed) : given) : given.slice(-1)
  const values: unknown[] = []
  const problems: string[] = []
  for (const raw of counted) {
    const kind = raw.kind ?? setting.kind
    const result = v.safeParse(kind.schema, raw.text)
    if (raw.given === null && setting.default === null) values.push(null)
    else if (result.success) values.push(result.output)
    else problems.push(`${raw.name}: expected ${kind.allowed}, got ${shown(raw)} (${layer.source})`)
  }
  if (problems.length > 0) return { problems }
  return { value: setting.repeatable === true ? values : values[0] }
}

/** As it was written, on one line, and no more of it than anybody wants to read. */
function shown({ text, given }: RawValue): string {
  if (text !== null && (given === undefined || typeof given === 'string')) return JSON.stringify(text)
  if (typeof given === 'string') return `the text ${JSON.stringify(given)}`
  return inspect(given, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 80 }).replaceAll(
    '\n',
    ' ',
  )
}

function listed(raw: RawValue): readonly RawValue[] {
  if (raw.text === null) return [raw]
  if (raw.text.trim() === '') return []
  return raw.text.split(',').map(text => ({ ...raw, text: text.trim() }))
}
