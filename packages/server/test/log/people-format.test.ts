import { describe, expect, it } from '@jest/globals'
import { formatForPeople } from '../../src/log/people-format.ts'

const base = { level: 'info', time: '2024-11-22T15:48:01.123Z', pid: 7 }
const format = (record: object) => formatForPeople(`${JSON.stringify({ ...base, ...record })}\n`)

describe('formatForPeople', () => {
  it('writes time, process, level and message', () => {
    expect(format({ msg: 'Listening' })).toBe('[2024-11-22T15:48:01.123Z] [7] [INFO] Listening\n')
  })

  it('writes further members after the message', () => {
    expect(format({ msg: 'refused', status: 400, peer: 'a"b', nested: { a: [1] } })).toBe(
      `[2024-11-22T15:48:01.123Z] [7] [INFO] refused status=400 peer="a\\"b" nested={ a: [ 1 ] }\n`,
    )
  })

  it('writes an error’s stack on lines of its own, and its message where there is no other', () => {
    const err = { type: 'Error', message: 'bad', stack: 'Error: bad\n    at f (file:///a.js:1:2)' }
    expect(format({ level: 'error', err })).toBe(
      '[2024-11-22T15:48:01.123Z] [7] [ERROR] bad\n    Error: bad\n    at f (file:///a.js:1:2)\n',
    )
  })

  it('shows control characters instead of sending them to the terminal', () => {
    const text = format({ msg: 'a\nb\u001b[31mc\u009b\td', x: 'y\r\nz' })
    expect(text).toBe(
      '[2024-11-22T15:48:01.123Z] [7] [INFO] a\\x0ab\\x1b[31mc\\x9b d x="y\\\\r\\\\nz"\n'.replaceAll('\\\\', '\\'),
    )
  })
})
