// Writes what is made of the built settings table: docs/settings.md, the JSON schema, the type of a configuration file.
import { writeFileSync } from 'node:fs'
import { jsonSchema } from '../dist/config/file/json-schema.js'
import { fileSettingsSource } from '../dist/config/file/typescript-source.js'
import { fromGunicorn } from '../dist/config/from-gunicorn.js'
import { settingsReference } from '../dist/config/reference.js'

const write = (path, text) => writeFileSync(new URL(path, import.meta.url), text)
write('../../../docs/settings.md', settingsReference())
write('../../../docs/from-gunicorn.md', fromGunicorn())
write('../kirin.config.schema.json', jsonSchema())
write('../src/config/file/file-settings.ts', fileSettingsSource())
