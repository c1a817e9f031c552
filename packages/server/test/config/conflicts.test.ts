import { describe, expect, it } from '@jest/globals'
import { conflictsIn } from '../../src/config/conflicts.ts'
import { defaultSettings } from '../../src/config/settings.ts'

describe('conflictsIn', () => {
  it('finds none between the defaults', () => {
    expect(conflictsIn(defaultSettings)).toEqual([])
  })

  it('finds an address that is given twice, unless it is another port each time', () => {
    const tcp = (port: number) => ({ type: 'tcp', host: '127.0.0.1', port }) as const
    const unix = { type: 'unix', path: '/a' } as const
    const bind = [tcp(1), tcp(0), unix, tcp(1), tcp(0), unix, tcp(1), tcp(2)]
    expect(conflictsIn({ ...defaultSettings, bind })).toEqual([
      '--bind: 127.0.0.1:1 is given twice',
      '--bind: unix:/a is given twice',
    ])
  })

  it('finds a least number of workers above the most', () => {
    expect(conflictsIn({ ...defaultSettings, workersMin: 4, workersMax: 2 })).toEqual([
      '--workers-min: 4 is more than 2 (--workers-max)',
    ])
    expect(conflictsIn({ ...defaultSettings, workersMin: 4 })).toEqual([])
  })
})
