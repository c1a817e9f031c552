// Requests that come together are run together, and are still requests of their own.
import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Application, GatewayRequest } from '@nsgi/spec'
import { DEFAULT_HTTP2_SETTINGS } from '../../src/http2/session-options.ts'
import { Cohort, sizeOfCohort } from '../../src/transport/cohort.ts'
import { Gateway, type GatewayOptions } from '../support/gateway.ts'
import type { RawClient } from '../support/raw-client.ts'

let gateway: Gateway | undefined
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
})

async function serve(application: Application, options: GatewayOptions = {}): Promise<Gateway> {
  gateway = await Gateway.start(application, options)
  return gateway
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`

/** Clients whose connections the server has accepted and answered on: what they send in one turn is read in one round. */
async function clients(count: number): Promise<RawClient[]> {
  const all = await Promise.all(Array.from({ length: count }, () => (gateway as Gateway).client()))
  for (const client of all) {
    await client.send(get('/first')).until(/<.*>$/)
  }
  return all
}

/** What a request's handler does, at each step of it; the first requests of connections are not noted. */
function stepwise(steps: string[]): Application {
  return async ({ target }: GatewayRequest) => {
    const note = (step: string): void => {
      if (target !== '/first') steps.push(`${step} ${target}`)
    }
    note('called')
    await Promise.resolve()
    note('promise')
    await new Promise<void>(resolve => process.nextTick(resolve))
    note('tick')
    return { status: 200, body: `<${target}>` }
  }
}

describe('requests that are read in one round of the event loop', () => {
  it('run step by step together, and each gets its answer', async () => {
    const steps: string[] = []
    await serve(stepwise(steps))
    const [a, b, c] = (await clients(3)) as [RawClient, RawClient, RawClient]
    a.send(get('/a'))
    b.send(get('/b'))
    c.send(get('/c'))
    await Promise.all([a.until(/<\/a>$/), b.until(/<\/b>$/), c.until(/<\/c>$/)])
    const of = (step: string): string[] => ['/a', '/b', '/c'].map(target => `${step} ${target}`)
    expect(steps).toEqual([...of('called'), ...of('promise'), ...of('tick')])
  })

  it('are those of one connection where they are streams of HTTP/2', async () => {
    const steps: string[] = []
    await serve(stepwise(steps), { http2: DEFAULT_HTTP2_SETTINGS })
    const client = await (gateway as Gateway).http2Client()
    const answers = await Promise.all(['/a', '/b'].map(target => client.request({ ':path': target })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(steps).toEqual(['called /a', 'called /b', 'promise /a', 'promise /b', 'tick /a', 'tick /b'])
  })

  it('do not see what another one sets for itself', async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    await serve(async ({ target }) => {
      if (target !== '/first') {
        seen.push(storage.getStore())
        storage.enterWith(target)
        await Promise.resolve()
        seen.push(storage.getStore())
      }
      return { status: 200, body: `<${target}>` }
    })
    const [a, b] = (await clients(2)) as [RawClient, RawClient]
    a.send(get('/a'))
    b.send(get('/b'))
    await Promise.all([a.until(/<\/a>$/), b.until(/<\/b>$/)])
    expect(seen).toEqual([undefined, undefined, '/a', '/b'])
  })

  it('are answered though the application of one throws', async () => {
    await serve(({ target }) => {
      if (target === '/a') throw new Error('thrown')
      return { status: 200, body: `<${target}>` }
    })
    const [a, b] = (await clients(2)) as [RawClient, RawClient]
    a.send(get('/a'))
    b.send(get('/b'))
    expect(await a.until(/\r\n/)).toBe('HTTP/1.1 500 Internal Server Error\r\n')
    await b.until(/<\/b>$/)
  })

  it('never reach the application of a server that is destroyed before', async () => {
    const called: string[] = []
    await serve(({ target }) => {
      if (target !== '/first') called.push(target)
      if (target === '/b') gateway?.server.destroy()
      return { status: 200, body: `<${target}>` }
    })
    const [a, b] = (await clients(2)) as [RawClient, RawClient]
    a.send(get('/a'))
    // Requests in a row wait for nobody.
    b.send(get('/b') + get('/c'))
    await Promise.all([a.rest(), b.rest()])
    expect(called[0]).toBe('/b')
    expect(called).not.toContain('/a')
  })

  it('are counted from when they were there', async () => {
    await serve(({ target }) => {
      const until = performance.now() + (target === '/a' ? 50 : 0)
      while (performance.now() < until);
      return { status: 200, body: `<${target}>` }
    })
    const [a, b] = (await clients(2)) as [RawClient, RawClient]
    a.send(get('/a'))
    b.send(get('/b'))
    await Promise.all([a.until(/<\/a>$/), b.until(/<\/b>$/)])
    expect(gateway?.records.at(-1)?.request.target).toBe('/b')
    expect(gateway?.records.at(-1)?.duration).toBeGreaterThanOrEqual(50)
  })
})

describe('a cohort', () => {
  it('is run when the round is through, in the order of coming', async () => {
    const steps: string[] = []
    const cohort = new Cohort()
    for (const name of ['a', 'b']) cohort.admit({ run: () => steps.push(name) }, true)
    steps.push('admitted')
    await new Promise(resolve => setImmediate(resolve))
    expect(steps).toEqual(['admitted', 'a', 'b'])
  })

  it('leaves out who may not wait', () => {
    const steps: string[] = []
    const cohort = new Cohort()
    cohort.admit({ run: () => steps.push('a') }, true)
    cohort.admit({ run: () => steps.push('b') }, false)
    expect(steps).toEqual(['b'])
  })

  it('is run at once when there are sixteen', () => {
    let run = 0
    const cohort = new Cohort()
    for (let i = 0; i < 17; i++) cohort.admit({ run: () => run++ }, true)
    expect(run).toBe(16)
  })

  it('calls each at once where requests have come to cost milliseconds, and brings them together again where they cost little', async () => {
    let cost = 3
    let run = 0
    const cohort = new Cohort()
    const admit = (count: number): number => {
      run = 0
      for (let i = 0; i < count; i++) cohort.admit({ run: compute }, true)
      return run
    }
    const compute = (): void => {
      const until = performance.now() + cost
      while (performance.now() < until);
      run++
    }
    // Twice as many as are looked at together: the first look has nothing to compare with.
    admit(32)
    await new Promise(resolve => setImmediate(resolve))
    expect(admit(1)).toBe(1)
    cost = 0
    admit(32)
    await new Promise(resolve => setImmediate(resolve))
    expect(admit(1)).toBe(0)
    cohort.dismiss()
  })

  it('runs the others behind one that throws', async () => {
    const steps: string[] = []
    const cohort = new Cohort()
    const run = (name: string) => (): void => {
      steps.push(name)
      if (name === 'p') throw new Error('thrown')
    }
    const admit = (): void => {
      for (const name of 'abcdefghijklmnop') cohort.admit({ run: run(name) }, true)
    }
    expect(admit).toThrow('thrown')
    cohort.admit({ run: run('q') }, true)
    await new Promise(resolve => setImmediate(resolve))
    expect(steps.join('')).toBe('abcdefghijklmnopq')
  })

  it.each([
    ['light ones', 1, 16, 16],
    ['sixteen in four milliseconds', 4, 16, 16],
    ['half a millisecond each', 8, 16, 8],
    ['three milliseconds each', 48, 16, 1],
    ['more than the time of all for each', 160, 16, 1],
    ['none that could be measured', 0, 16, 16],
  ])('is of as many as take four milliseconds: %s', (_what, busy, requests, size) => {
    expect(sizeOfCohort(busy, requests)).toBe(size)
  })
})
