// Whose body goes on: in order, not for ever, and each in its own context.
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from '@jest/globals'
import { awaitTurn, hasTurn } from '../../src/transport/stream-turns.ts'

/** Holds the event loop for longer than one turn of it has for bodies. */
function holdLoop(): void {
  const until = performance.now() + 10
  while (performance.now() < until);
}

describe('turns of bodies', () => {
  it('come in the order of waiting, in a later turn of the loop', async () => {
    const events: string[] = []
    await new Promise<void>(resolve => {
      for (const name of ['a', 'b', 'c']) awaitTurn(() => events.push(name))
      awaitTurn(resolve)
      process.nextTick(() => events.push('tick'))
    })
    expect(events).toEqual(['tick', 'a', 'b', 'c'])
  })

  it('are held by the body that was called last, for a while', async () => {
    const held: boolean[] = []
    await new Promise<void>(resolve => {
      const first = awaitTurn(() => held.push(hasTurn(first), hasTurn(second)))
      const second = awaitTurn(() => {
        held.push(hasTurn(first), hasTurn(second))
        holdLoop()
        held.push(hasTurn(second))
        resolve()
      })
      held.push(hasTurn(first), hasTurn(second))
    })
    expect(held).toEqual([false, false, true, false, false, true, false])
  })

  it('end with the time of one turn of the loop: the rest of the loop is first, then who waited, then who goes on', async () => {
    const events: string[] = []
    await new Promise<void>(resolve => {
      let calls = 0
      const dear = (): void => {
        events.push(`dear ${++calls}`)
        if (calls === 2) {
          resolve()
          return
        }
        setTimeout(() => events.push('timer'), 0)
        holdLoop()
        awaitTurn(dear)
      }
      awaitTurn(dear)
      awaitTurn(() => events.push('second'))
      awaitTurn(() => events.push('third'))
    })
    expect(events).toEqual(['dear 1', 'timer', 'second', 'third', 'dear 2'])
  })

  it('come to everybody where all are dear', async () => {
    const events: string[] = []
    await new Promise<void>(resolve => {
      for (const name of ['a', 'b', 'c']) {
        let calls = 0
        const body = (): void => {
          events.push(name)
          holdLoop()
          if (++calls < 3) awaitTurn(body)
          else if (name === 'c') resolve()
        }
        awaitTurn(body)
      }
    })
    expect(events.join('')).toBe('abcabcabc')
  })

  it('come in the asynchronous context in which they were waited for', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    await new Promise<void>(resolve => {
      for (const name of ['a', 'b']) {
        storage.run(name, () => {
          awaitTurn(() => {
            holdLoop()
            seen.push(storage.getStore())
            if (name === 'b') resolve()
          })
        })
      }
    })
    expect(seen).toEqual(['a', 'b'])
  })
})
