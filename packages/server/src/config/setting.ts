// What one entry of the settings table says.
import type { ValueKind } from './value-kinds.ts'

/** Headings of `--help` and of the reference, in this order. */
export type SettingGroup =
  | 'Application'
  | 'Sockets'
  | 'TLS'
  | 'Workers'
  | 'Requests'
  | 'Proxies'
  | 'Logging'
  | 'Monitoring'
  | 'Process'

/** A variable that a setting is read from besides its own `KIRIN_…`. */
export interface EnvironmentVariable<T> {
  readonly name: string
  /** How its text is read, where that differs from the option's. */
  readonly kind?: ValueKind<T>
}

interface CommonSetting<T> {
  readonly group: SettingGroup
  /** The option that `--help` shows; `null` for what the command line names without one. */
  readonly flag: `--${string}` | null
  readonly short?: `-${string}`
  /** Other spellings that are accepted, not shown in `--help`. */
  readonly aliases?: readonly `--${string}`[]
  /** Well-known variables of hosts; the setting's own `KIRIN_…` overrides them. */
  readonly variables?: readonly EnvironmentVariable<T>[]
  readonly kind: ValueKind<T>
  /** `false` for what a configuration file cannot say. */
  readonly inFile?: false
  /** One sentence for `--help`, without a full stop at its end. */
  readonly summary: string
  /** The default in words, where the value itself would not tell. */
  readonly defaultText?: string
  /** More for the reference: why this default, what to beware of. */
  readonly details?: string
}

/** A setting with one value: the last one given counts. */
export interface SingleSetting<T> extends CommonSetting<NonNullable<T>> {
  readonly repeatable?: false
  readonly default: T
}

/** A setting that may be given more than once. In the environment its values stand between commas. */
export interface RepeatableSetting<T> extends CommonSetting<T> {
  readonly repeatable: true
  /** Whether one value may be a list with commas on the command line, too; an empty text is then an empty list. */
  readonly commas?: true
  readonly default: readonly T[]
}

/** The entry for a setting whose value is of type `T`. */
export type Setting<T> = [T] extends [readonly (infer Element)[]] ? RepeatableSetting<Element> : SingleSetting<T>

/** A table with one entry for each member of `S`. */
export type TableOf<S> = { readonly [Key in keyof S]: Setting<S[Key]> }

/** An entry of a table with what all entries have. */
export function settingOf<S>(table: TableOf<S>, key: keyof S): AnySetting {
  return table[key]
}

/** Any entry of the table. */
export type AnySetting = SingleSetting<unknown> | RepeatableSetting<unknown>

/** The variable every setting is read from: `KIRIN_` and its name, `limitRequestLine` as `KIRIN_LIMIT_REQUEST_LINE`. */
export function variableName(key: string): string {
  return `KIRIN_${key.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}
