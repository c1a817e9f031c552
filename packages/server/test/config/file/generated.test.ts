import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { fileKeys } from '../../../src/config/file/file-value-types.ts'
import { jsonSchema } from '../../../src/config/file/json-schema.ts'
import { fileSettingsSource } from '../../../src/config/file/typescript-source.ts'
import { fromGunicorn } from '../../../src/config/from-gunicorn.ts'
import { settingsTable } from '../../../src/config/settings.ts'

const text = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

describe('what is made of the settings table', () => {
  it('is what the package holds; if not, run "pnpm --filter @nsgi/server run docs"', () => {
    expect(text('../../docs/from-gunicorn.md')).toBe(fromGunicorn())
    expect(text('kirin.config.schema.json')).toBe(jsonSchema())
    expect(text('src/config/file/file-settings.ts')).toBe(fileSettingsSource())
  })

  it('has every setting but the file’s own name', () => {
    const { properties } = JSON.parse(jsonSchema()) as { properties: object }
    const keys = Object.keys(settingsTable).filter(key => key !== 'config')
    expect(fileKeys).toEqual(keys)
    expect(Object.keys(properties)).toEqual(['$schema', ...keys])
    for (const key of keys) expect(fileSettingsSource()).toContain(`  readonly ${key}?:`)
  })
})
