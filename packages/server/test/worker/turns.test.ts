import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from '@jest/globals'
import type { Context, GatewayRequest, GatewayResponse } from '@nsgi/spec'
import { Turns } from '../../src/worker/turns.ts'
import { deferred } from '../support/memory-client.ts'

const request = (path: string): GatewayRequest => ({ path }) as GatewayRequest
const context = {} as Context

describe('turns', () => {
  it('give one request at a time to the application, in the order of coming, each until it is over', async () => {
    const begun: string[] = []
    const seen: object[] = []
    const turns = new Turns(state => seen.push(state))
    const application = turns.serialize(({ path }) => {
      begun.push(path)
      if (path === 'third') throw new Error('broken on purpose')
      return { status: 200, body: path }
    })
    const [first, second, third] = [request('first'), request('second'), request('third')]
    const answers = [first, second, third].map(each => application(each, context))
    expect(begun).toEqual(['first'])
    expect(await answers[0]).toMatchObject({ body: 'first' })
    turns.over(first)
    expect(begun).toEqual(['first', 'second'])
    expect(await answers[1]).toMatchObject({ body: 'second' })
    turns.over(second)
    await expect(answers[2]).rejects.toThrow('broken on purpose')
    turns.over(third)
    expect(seen.at(-1)).toEqual({ isTaken: false, isAwaited: false })
    expect(seen).toContainEqual({ isTaken: true, isAwaited: true })
  })

  it('are not for who was lost while it waited', () => {
    const begun: string[] = []
    const turns = new Turns(() => undefined)
    const gate = deferred<GatewayResponse>()
    const application = turns.serialize(({ path }) => {
      begun.push(path)
      return gate.promise
    })
    const requests = [request('first'), request('lost'), request('last')]
    for (const each of requests) void application(each, context)
    turns.over(requests[1] as GatewayRequest)
    turns.over(requests[0] as GatewayRequest)
    expect(begun).toEqual(['first', 'last'])
  })

  it('begin in the context in which their requests came, whatever the one before is in', async () => {
    const storage = new AsyncLocalStorage<string>()
    const turns = new Turns(() => undefined)
    const application = turns.serialize(({ path }) => ({ status: 200, body: `${path} in ${storage.getStore()}` }))
    const [first, second] = [request('first'), request('second')]
    application(first, context)
    const answer = storage.run('its own', () => application(second, context))
    storage.run("the first's", () => turns.over(first))
    expect(await answer).toMatchObject({ body: 'second in its own' })
  })
})
