import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { serverCases } from '../../../src/conformance/server/cases/index.ts'
import { selectCases } from '../../../src/conformance/server/suite.ts'
import { isRequirementId, REQUIREMENTS } from '../../../src/requirements.ts'

const ids = serverCases.map(({ id }) => id)

describe('the cases of the server suite', () => {
  it('are there for every requirement of servers', () => {
    const shown = new Set(serverCases.flatMap(({ requirements }) => requirements))
    const without = REQUIREMENTS.filter(({ role, id }) => role === 'server' && !shown.has(id)).map(({ id }) => id)
    expect(without).toEqual([])
  })

  it('cite requirements of servers, and have ids of their own', () => {
    expect(new Set(ids).size).toBe(ids.length)
    for (const { id, requirements } of serverCases) {
      expect(requirements.length).toBeGreaterThan(0)
      expect(requirements.every(isRequirementId)).toBe(true)
      expect(id).toMatch(new RegExp(String.raw`^${requirements[0]}\.\d+$`))
    }
  })

  it('stand in one file for each requirement', () => {
    const folder = new URL('../../../src/conformance/server/cases/', import.meta.url)
    const files = readdirSync(folder).filter(name => name !== 'index.ts')
    const wanted = [...new Set(ids.map(id => `${id.slice(0, 6).toLowerCase()}.ts`))]
    expect(files.toSorted()).toEqual(wanted.toSorted())
  })
})

describe('selectCases', () => {
  it('takes ids of cases, of requirements and of groups', () => {
    const select = (...only: readonly string[]): readonly string[] => selectCases(serverCases, only).map(({ id }) => id)
    expect(select('RES-25.1')).toEqual(['RES-25.1'])
    expect(select('res-25')).toEqual(['RES-25.1', 'RES-25.2', 'RES-25.3'])
    expect(select('BOD').every(id => id.startsWith('BOD-'))).toBe(true)
    expect(select('RES-2')).toEqual([])
    expect(select()).toEqual(ids)
  })
})
