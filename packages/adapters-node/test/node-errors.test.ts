import { describe, expect, it } from '@jest/globals'
import { connectionReset, transportFailure } from '../src/node-errors.ts'

describe('the failure of a transport', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })

  it('is found behind what wraps it', () => {
    expect(transportFailure(reset)).toBe(reset)
    expect(transportFailure(connectionReset(new Error('the client was lost', { cause: reset })))).toBe(reset)
  })

  it('is none where a client just went', () => {
    expect(transportFailure(connectionReset())).toBeUndefined()
    expect(transportFailure(undefined)).toBeUndefined()
  })

  it('is none in a circle of causes', () => {
    const circle = new Error('a')
    circle.cause = new Error('b', { cause: circle })
    expect(transportFailure(circle)).toBeUndefined()
  })
})
