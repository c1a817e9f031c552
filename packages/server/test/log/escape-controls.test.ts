import { describe, expect, it } from '@jest/globals'
import { escapeControls } from '../../src/log/escape-controls.ts'

describe('escapeControls', () => {
  it('leaves no control character in any JSON, and its meaning as it was', () => {
    const all = Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('')
    const escaped = escapeControls(JSON.stringify({ [all]: all }))
    expect(escaped).not.toMatch(/\p{Cc}|\u2028|\u2029/u)
    expect(JSON.parse(escaped)).toEqual({ [all]: all })
  })
})
