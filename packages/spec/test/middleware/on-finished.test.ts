import { describe, expect, it } from '@jest/globals'
import type { GatewayResponse } from '../../src/index.ts'
import { onFinished } from '../../src/middleware/index.ts'

describe('onFinished', () => {
  it('calls the new callback first, then the one of the response, with the same error', () => {
    const events: unknown[] = []
    const response: GatewayResponse = { status: 200, finished: error => events.push(['inner', error]) }
    const error = new Error('lost')
    onFinished(response, given => events.push(['outer', given])).finished?.(error)
    onFinished(response, given => events.push(['outer', given])).finished?.()
    expect(events).toEqual([
      ['outer', error],
      ['inner', error],
      ['outer', undefined],
      ['inner', undefined],
    ])
  })

  it('leaves the response alone and keeps all of its fields, unknown ones too', () => {
    const token = Symbol('token')
    const response = Object.freeze({ status: 201, reason: 'Made', headers: { a: 'b' }, 'x.y': 1, [token]: 2 })
    const { finished, ...rest } = onFinished(response, () => undefined)
    expect(typeof finished).toBe('function')
    expect(rest).toEqual({ status: 201, reason: 'Made', headers: { a: 'b' }, 'x.y': 1, [token]: 2 })
  })

  it('works on responses that answer through their class', () => {
    class Page {
      #released = 0
      get status() {
        return 200
      }
      get released() {
        return this.#released
      }
      finished(): void {
        this.#released++
      }
    }
    const page = new Page()
    const direct = onFinished(page, () => undefined)
    direct.finished?.()
    expect(direct.status).toBe(200)
    expect(page.released).toBe(1)
  })

  it('calls the response although the callback throws, and lets the server see the throw', () => {
    let released = false
    const response: GatewayResponse = {
      status: 200,
      finished() {
        released = true
      },
    }
    const chained = onFinished(response, () => {
      throw new Error('log is full')
    })
    expect(() => chained.finished?.()).toThrow('log is full')
    expect(released).toBe(true)
  })
})
