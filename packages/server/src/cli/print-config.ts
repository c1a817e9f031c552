// What --print-config shows.
import { type BindAddress, formatBindAddress } from '../config/bind-address.ts'
import type { Origins } from '../config/resolve.ts'
import { type Settings, settingsTable } from '../config/settings.ts'

/** The settings and where each comes from. */
export interface Printable {
  readonly settings: Settings
  readonly origins: Origins
}

const keys = Object.keys(settingsTable) as (keyof Settings)[]

/** One line for each setting: its key, its value, where that comes from. */
export function printConfig({ settings, origins }: Printable): string {
  const rows = keys.map(key => [key, shown(fileValue(key, settings)), origins[key]] as const)
  const [first = 0, second = 0] = [0, 1].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  // One very long value does not push every source off the screen.
  const width = Math.min(second, WIDEST_VALUE)
  return rows.map(([key, value, origin]) => `${key.padEnd(first)}  ${value.padEnd(width)}  ${origin}\n`).join('')
}

/** An object with `{ value, source }` for each setting; the values are such as a configuration file may hold. */
export function printConfigJson({ settings, origins }: Printable): string {
  const entries = keys.map(key => [key, { value: fileValue(key, settings), source: origins[key] }])
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`
}

const WIDEST_VALUE = 40

type Shown = string | number | boolean | null | readonly string[]

function fileValue(key: keyof Settings, settings: Settings): Shown {
  const { umask } = settings
  if (key === 'bind' || key === 'metricsBind')
    return settings[key].map((address: BindAddress) => formatBindAddress(address))
  if (key === 'umask') return umask === null ? null : `0${umask.toString(8).padStart(2, '0')}`
  // The word that people write; the settings have pino's.
  if (key === 'logLevel') return settings.logLevel === 'fatal' ? 'critical' : settings.logLevel
  return settings[key]
}

function shown(value: Shown): string {
  if (value === null || value === '') return 'none'
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(',')
  return String(value)
}
