// From raw texts of several sources to checked settings, or to a list of everything that is wrong with them.
import * as v from 'valibot'
import { type Settings, settingsTable } from './settings.ts'
import type { ValueKind } from './value-kinds.ts'

/** One text that somebody gave for a setting. */
export interface RawValue {
  /** The option or variable as it was written. */
  readonly name: string
  readonly text: string
  /** How to read it, where that differs from the setting's own kind. */
  readonly kind?: ValueKind<unknown> | undefined
}

/** Everything that one source says. */
export interface RawLayer {
  /** Names the source in messages: `command line`. */
  readonly source: string
  readonly values: ReadonlyMap<keyof Settings, readonly RawValue[]>
}

/** The settings, or a line for each mistake. */
export type Resolution =
  | { readonly settings: Settings; readonly problems: readonly [] }
  | { readonly settings: undefined; readonly problems: readonly string[] }

type Outcome = { readonly value: unknown } | { readonly problems: readonly string[] }

/**
 * Merges and checks what the sources say.
 *
 * A later layer replaces an earlier one whole, setting by setting. A value that is replaced is not checked: a wrong
 * variable of the environment can be overridden on the command line.
 *
 * @param layers lowest precedence first
 */
export function resolveSettings(layers: readonly RawLayer[]): Resolution {
  const settings: Record<string, unknown> = {}
  const problems: string[] = []
  for (const key of Object.keys(settingsTable) as (keyof Settings)[]) {
    const layer = layers.findLast(candidate => candidate.values.has(key))
    const outcome = layer === undefined ? { value: settingsTable[key].default } : readSetting(key, layer)
    if ('value' in outcome) settings[key] = outcome.value
    else problems.push(...outcome.problems)
  }
  if (problems.length > 0) return { settings: undefined, problems }
  return { settings: settings as unknown as Settings, problems: [] }
}

function readSetting(key: keyof Settings, layer: RawLayer): Outcome {
  const setting = settingsTable[key]
  const given = layer.values.get(key) ?? []
  const counted = setting.repeatable === true ? (setting.commas ? given.flatMap(listed) : given) : given.slice(-1)
  const values: unknown[] = []
  const problems: string[] = []
  for (const raw of counted) {
    const kind = raw.kind ?? setting.kind
    const result = v.safeParse(kind.schema, raw.text)
    if (result.success) values.push(result.output)
    else problems.push(`${raw.name}: expected ${kind.allowed}, got ${JSON.stringify(raw.text)} (${layer.source})`)
  }
  if (problems.length > 0) return { problems }
  return { value: setting.repeatable === true ? values : values[0] }
}

function listed(raw: RawValue): readonly RawValue[] {
  if (raw.text.trim() === '') return []
  return raw.text.split(',').map(text => ({ ...raw, text: text.trim() }))
}
