import { describe, expect, it } from '@jest/globals'
import { cutFields, toRecord, toTrailerRecord } from '../../src/exchange/field-records.ts'

describe('the flat array of fields', () => {
  it('keeps case, order and duplicates, and drops the blanks around values (REQ-21, REQ-22)', () => {
    const text = 'X\r\nB: 2 \t\r\na:\t1\r\nB:\r\nC:  \t \r\n\r\n'
    expect(cutFields(text, 3)).toEqual(['B', '2', 'a', '1', 'B', '', 'C', ''])
  })

  it('is empty for a head without fields', () => {
    expect(cutFields('X\r\n\r\n', 3)).toEqual([])
  })
})

describe('the record of fields', () => {
  it('has lower-case names on a null prototype (REQ-19)', () => {
    const record = toRecord(['Host', 'a', 'X-Y', '1'])
    expect(Object.getPrototypeOf(record)).toBeNull()
    expect({ ...record }).toEqual({ host: 'a', 'x-y': '1' })
  })

  it('takes names that objects have by nature for what they are', () => {
    const record = toRecord(['__proto__', 'x', 'constructor', 'y', 'toString', 'z'])
    expect(Object.keys(record)).toEqual(['__proto__', 'constructor', 'tostring'])
  })

  it('joins duplicates in order by a comma, cookies by a semicolon (REQ-20)', () => {
    const record = toRecord(['A', '1', 'cookie', 'x=1', 'a', '', 'Cookie', 'y=2', 'A', '3'])
    expect({ ...record }).toEqual({ a: '1, , 3', cookie: 'x=1; y=2' })
  })
})

describe('the record of trailers', () => {
  it('leaves out what must not come after the content (RFC 9110 §6.5.1)', () => {
    const record = toTrailerRecord(['Sum', ' 1 ', 'Content-Length', '5', 'HOST', 'b', 'Transfer-Encoding', 'chunked'])
    expect({ ...record }).toEqual({ sum: '1' })
  })
})
