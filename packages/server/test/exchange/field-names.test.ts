import { describe, expect, it } from '@jest/globals'
import { FieldNames, type RecordedNames } from '../../src/exchange/field-names.ts'
import { viewOf } from '../../src/http1/recorded-head.ts'

/** The text of some names and where each is, as the parser records them. */
function recorded(...names: readonly string[]): [string, RecordedNames] {
  const spans: number[] = []
  let text = ''
  for (const name of names) {
    spans.push(text.length, text.length + name.length, 0, 0)
    text += `${name}:`
  }
  // Behind the end stands what an earlier head left.
  return [
    text,
    {
      view: viewOf(`before${text}`),
      base: 6,
      spans: Int32Array.from([...spans, 0, 9, 0, 0]),
      spanEnd: spans.length,
    },
  ]
}

describe('FieldNames', () => {
  const names = new FieldNames(['Forwarded', 'x-forwarded-for', 'X-FORWARDED-SSL'])

  it('finds each of them in any case', () => {
    for (const name of ['forwarded', 'FORWARDED', 'X-Forwarded-For', 'x-forwarded-ssl']) {
      expect(names.occurIn(...recorded('Host', 'accept-encoding', name))).toBe(true)
    }
  })

  it('finds a name alone, too, and gives it in lower case', () => {
    expect(names.find('X-Forwarded-For')).toBe('x-forwarded-for')
    for (const other of ['', 'x', 'X-Forwarded-Fox', 'host', 'accept-encoding', 'x-forwarded-for-'.repeat(9)]) {
      expect(names.find(other)).toBeUndefined()
    }
  })

  it('finds nothing else', () => {
    for (const others of [
      [],
      ['forwarder'],
      ['accept-encoding', 'x_forwarded_for', 'x-forwarded-fo', 'a'.repeat(99)],
    ]) {
      expect(names.occurIn(...recorded(...others))).toBe(false)
    }
  })
})
