// The JSON schema of kirin.config.json, from the settings table.
import { describeDefault } from '../reference.ts'
import { settingOf } from '../setting.ts'
import { settingsTable } from '../settings.ts'
import { fileKeys, jsonType } from './file-value-types.ts'

/** Writes the schema, as `packages/server/kirin.config.schema.json` holds it. */
export function jsonSchema(): string {
  const properties = fileKeys.map(key => {
    const setting = settingOf(settingsTable, key)
    return [key, { description: `${setting.summary} (default: ${describeDefault(key)})`, ...jsonType(setting) }]
  })
  const schema = {
    $comment:
      'Generated from packages/server/src/config/settings/*.ts by "pnpm --filter @nsgi/server run docs". Do not edit.',
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of Kirin',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
  }
  return `${JSON.stringify(schema, undefined, 2)}\n`
}
