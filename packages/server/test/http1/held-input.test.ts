import { describe, expect, it } from '@jest/globals'
import { HeldInput } from '../../src/http1/held-input.ts'

const bytes = (text: string): Buffer => Buffer.from(text)

describe('held input', () => {
  it('keeps bytes in order, in memory of its own', () => {
    const held = new HeldInput()
    const input = bytes('..one two..')
    held.add(input, 2, 6)
    held.add(input, 6, 9)
    input.fill('x')
    expect(held.isEmpty).toBe(false)
    expect(String(held.take())).toBe('one two')
    expect(held.isEmpty).toBe(true)
    expect(held.take()).toBeUndefined()
  })

  it('holds the rest of what is used without a copy, and nothing of what was used whole', () => {
    const held = new HeldInput()
    held.add(bytes('first, second'), 0, 13)
    let used: Buffer | undefined
    held.use(all => {
      used = all
      held.add(all, 7, all.length)
    })
    const rest = held.take() as Buffer
    expect(String(rest)).toBe('second')
    expect(rest.buffer === used?.buffer && rest.byteOffset === used.byteOffset + 7).toBe(true)
    held.add(bytes('third'), 0, 5)
    held.use(() => undefined)
    expect(held.isEmpty).toBe(true)
  })

  it('is full from one read of a socket on', () => {
    const held = new HeldInput()
    held.add(Buffer.alloc(65_535), 0, 65_535)
    expect(held.isFull).toBe(false)
    held.add(bytes('x'), 0, 1)
    expect(held.isFull).toBe(true)
  })
})
