// Settings from environment variables.
import type { RawLayer, RawValue } from './resolve.ts'
import { variableName } from './setting.ts'
import { type Settings, settingsTable } from './settings.ts'
import type { ValueKind } from './value-kinds.ts'

/**
 * Reads the settings that the environment gives. A variable that is set but empty counts as absent.
 *
 * Only known names are looked at. A `KIRIN_…` variable that is no setting is no mistake: Kubernetes sets
 * `KIRIN_SERVICE_HOST`, `KIRIN_PORT` and more in every container beside a service that is called kirin.
 */
export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): RawLayer {
  const values = new Map<keyof Settings, readonly RawValue[]>()
  for (const key of Object.keys(settingsTable) as (keyof Settings)[]) {
    const setting = settingsTable[key]
    const variables: readonly { readonly name: string; readonly kind?: ValueKind<unknown> }[] = [
      ...(setting.variables ?? []),
      { name: variableName(key) },
    ]
    const last = variables.findLast(({ name }) => (environment[name] ?? '') !== '')
    if (last === undefined) continue
    const text = environment[last.name] ?? ''
    const texts = setting.repeatable === true ? text.split(',').map(part => part.trim()) : [text]
    values.set(
      key,
      texts.map(part => ({ name: last.name, text: part, kind: last.kind })),
    )
  }
  return { source: 'environment', values }
}
