// The type of what a configuration file may hold, in the words of TypeScript and of JSON Schema.
import { type AnySetting, settingOf } from '../setting.ts'
import { type Settings, settingsTable } from '../settings.ts'
import type { FileValue } from '../value-kinds.ts'

/** The settings that a configuration file may hold. */
export const fileKeys: readonly (keyof Settings)[] = (Object.keys(settingsTable) as (keyof Settings)[]).filter(
  key => settingOf(settingsTable, key).inFile !== false,
)

/** The members of the union that a value may be of: `string`, `readonly string[]`, `null`; `'h1'`, `'h1,h2'`. */
export function typeScriptTypes({ kind, repeatable, default: value }: AnySetting): readonly string[] {
  const one = elementTypes(kind.file)
  const list = `readonly ${one.length > 1 ? `(${one.join(' | ')})` : one.join('')}[]`
  return [...one, ...(repeatable === true ? [list] : []), ...(value === null ? ['null'] : [])]
}

function elementTypes({ type, enum: words }: FileValue): readonly string[] {
  const types = typeof type === 'string' ? [type] : type
  return types.flatMap(name => {
    if (name === 'string' && words !== undefined) return words.map(word => `'${word}'`)
    return name === 'integer' ? 'number' : name
  })
}

/** What an editor checks a value against. */
export function jsonType(setting: AnySetting): Readonly<Record<string, unknown>> {
  const { kind, repeatable, default: value } = setting
  const one = elementSchema(kind.file)
  const options = [
    one,
    ...(repeatable === true ? [{ type: 'array', items: one }] : []),
    ...(value === null ? [{ type: 'null' }] : []),
  ]
  return options.length === 1 ? one : { anyOf: options }
}

/** Words are taken in any case; an editor that offers those in small letters helps more than one that knows that. */
function elementSchema({ type, enum: words, ...rest }: FileValue): Readonly<Record<string, unknown>> {
  if (words === undefined) return { type, ...rest }
  const others = (typeof type === 'string' ? [type] : type).filter(name => name !== 'string')
  if (others.length === 0) return { enum: words, ...rest }
  return { anyOf: [{ enum: words }, { type: others, ...rest }] }
}
