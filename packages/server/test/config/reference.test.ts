import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { settingsReference } from '../../src/config/reference.ts'
import { settingsTable } from '../../src/config/settings.ts'

describe('settingsReference', () => {
  it('is what docs/settings.md holds; if not, run "pnpm --filter @nsgi/server run docs"', () => {
    expect(readFileSync(new URL('../../../../docs/settings.md', import.meta.url), 'utf8')).toBe(settingsReference())
  })

  it('has a section for each setting, and says first that it is generated', () => {
    const page = settingsReference()
    expect(page.split('\n')[0]).toMatch(/Generated/)
    for (const [key, { flag }] of Object.entries(settingsTable)) expect(page).toContain(`### \`${flag ?? key}\``)
  })
})
