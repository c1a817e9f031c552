import { describe, expect, it } from '@jest/globals'
import type { Application } from '../../../src/application.ts'
import { runApplicationSuite } from '../../../src/conformance/application/index.ts'

const answer: Application = () => ({ status: 200, body: 'text' })

describe('runApplicationSuite', () => {
  it('starts the application before it asks, and stops it at last', async () => {
    const order: string[] = []
    const application = Object.assign(
      () => {
        order.push('call')
        return { status: 200 }
      },
      { startup: async () => void order.push('startup'), shutdown: async () => void order.push('shutdown') },
    )
    expect((await runApplicationSuite(application)).result).toBe('conformant')
    expect([order[0], order.at(-1), new Set(order.slice(1, -1))]).toEqual(['startup', 'shutdown', new Set(['call'])])
  })

  it('fails every case where startup fails, and says so', async () => {
    const startup = async (): Promise<never> => {
      throw new Error('no database')
    }
    const report = await runApplicationSuite(Object.assign(answer.bind(undefined), { startup }))
    expect(report.counts.pass).toBe(0)
    expect(report.verdicts[0]?.failure?.message).toBe('startup failed: Error: no database')
  })

  it('waits once for an application that hangs, and fails its other cases at once', async () => {
    const report = await runApplicationSuite(() => new Promise(() => {}), { timeout: 300 })
    expect(report.counts.pass).toBe(0)
    const messages = report.verdicts.flatMap(({ failure }) => failure?.message ?? [])
    expect(messages.filter(message => message === 'not over after 0.3 s')).toHaveLength(1)
    expect(messages).toContain('GET /: the application has not answered an earlier call')
  })

  it('asks what it is told to ask', async () => {
    const asked = new Set<string>()
    const application: Application = ({ target }) => {
      asked.add(target)
      return { status: 200 }
    }
    await runApplicationSuite(application, { requests: [{ target: '/one' }, { target: '/two?x' }] })
    expect(asked).toEqual(new Set(['/one', '/two?x']))
  })

  it('judges only what is answered where a request makes the application throw', async () => {
    const application: Application = request => {
      if (request.path === '*') throw new TypeError('not a path')
      return { status: 200, body: 'text' }
    }
    expect((await runApplicationSuite(application)).result).toBe('conformant')
  })

  it('takes nothing but a function', async () => {
    await expect(runApplicationSuite({} as Application)).rejects.toThrow(TypeError)
  })
})
