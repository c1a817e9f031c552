import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { behaviours } from '../fixtures/handler.mjs'
import { allowedDifferences } from '../support/differences.ts'
import { adaptersPage } from '../support/page.ts'

const file = new URL('../../../../docs/adapters.md', import.meta.url)
// Set by the script `docs` alone: it writes what the test expects.
if (process.env.NSGI_WRITE_DOCS) writeFileSync(file, adaptersPage())

describe('the table of differences', () => {
  it('is what docs/adapters.md holds; if not, run "pnpm --filter @nsgi/adapters-node run docs"', () => {
    expect(readFileSync(file, 'utf8')).toBe(adaptersPage())
  })

  it('names behaviours that exist', () => {
    const known = new Set(Object.keys(behaviours))
    const others = [...allowedDifferences.keys()].filter(name => !known.has(name))
    // Of the Express adapter's table, which shares this one.
    expect(others.every(name => name.startsWith('/'))).toBe(true)
  })

  it('names every behaviour', () => {
    const page = adaptersPage()
    expect(Object.keys(behaviours).filter(name => !page.includes(name))).toEqual([])
  })
})
