import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { isRequirementId, REQUIREMENTS, requirement } from '../src/requirements.ts'

interface Generator {
  readonly MODULE: URL
  readonly TEXT: URL
  readRequirements(): readonly Record<string, string>[]
  requirementsModule(requirements: readonly Record<string, string>[]): string
  withAppendix(text: string, requirements: readonly Record<string, string>[]): string
}

const generator = (await import(new URL('../build/requirements.mjs', import.meta.url).href)) as Generator

describe('what is generated from spec/requirements.json', () => {
  it('is up to date in the module; if not, run "pnpm --filter @nsgi/spec run requirements"', () => {
    const written = readFileSync(generator.MODULE, 'utf8')
    expect(written).toBe(generator.requirementsModule(generator.readRequirements()))
    expect(written.split('\n')[0]).toMatch(/Generated/)
  })

  it('is up to date in the appendix of the text', () => {
    const written = readFileSync(generator.TEXT, 'utf8')
    expect(written).toBe(generator.withAppendix(written, generator.readRequirements()))
    for (const { id } of REQUIREMENTS) expect(written).toContain(`\n| ${id} | `)
  })
})

describe('requirement', () => {
  it('finds by id, and says so where there is none', () => {
    expect(requirement('RES-25')).toMatchObject({ id: 'RES-25', level: 'MUST', feature: 'stream' })
    expect(isRequirementId('RES-25')).toBe(true)
    expect(isRequirementId('res-25')).toBe(false)
    expect(() => requirement('RES-99' as 'RES-25')).toThrow(RangeError)
  })
})
