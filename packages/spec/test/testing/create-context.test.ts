import { describe, expect, it } from '@jest/globals'
import { createContext } from '../../src/testing/index.ts'

describe('createContext', () => {
  it('is a frozen context of one worker when nothing is said', () => {
    const context = createContext()
    expect(Object.isFrozen(context)).toBe(true)
    expect(context).toMatchObject({ nsgi: '1.0', worker: 0, multiprocess: false, extensions: {} })
    expect(context.draining.aborted).toBe(false)
    expect(() => context.log.error({ err: new Error('x') }, 'kept nowhere')).not.toThrow()
  })

  it('takes what is given, and freezes no object of its caller', () => {
    const draining = new AbortController()
    const extensions = { 'x.cache': 1 }
    const server = { name: 'mine', version: '3' }
    const context = createContext({ draining: draining.signal, extensions, server, worker: 2, multiprocess: true })
    draining.abort()
    expect(context).toMatchObject({ server, extensions, worker: 2, multiprocess: true })
    expect(context.draining.aborted).toBe(true)
    expect(Object.isFrozen(extensions) || Object.isFrozen(server)).toBe(false)
  })
})
