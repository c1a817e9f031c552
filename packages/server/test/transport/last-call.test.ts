import { describe, expect, it } from '@jest/globals'
import { oneATurn, waitFor } from '../../src/transport/last-call.ts'

const holdUp = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)

describe('waitFor', () => {
  it('does not count time in which the loop was held up', async () => {
    let isOver = false
    const over = new Promise<void>(resolve => {
      waitFor(100, () => {
        isOver = true
        resolve()
      })
    })
    holdUp(300)
    for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setTimeout(resolve, 0))
    expect(isOver).toBe(false)
    await over
  })

  it('can be given up', async () => {
    let calls = 0
    waitFor(25, () => calls++).cancel()
    await new Promise<void>(resolve => waitFor(75, resolve))
    expect(calls).toBe(0)
  })
})

describe('oneATurn', () => {
  it('does one thing in each turn of the loop, and then tells', async () => {
    const deeds: string[] = []
    await new Promise<void>(resolve => {
      oneATurn(
        ['a', 'b'],
        one => {
          deeds.push(one)
          setImmediate(() => deeds.push('turn'))
        },
        resolve,
      )
    })
    expect(deeds).toEqual(['a', 'turn', 'b', 'turn'])
  })
})
