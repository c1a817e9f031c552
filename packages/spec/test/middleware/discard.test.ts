import { execFile } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import type { Application, GatewayResponse } from '../../src/index.ts'
import { discard, wrap } from '../../src/middleware/index.ts'
import { call } from '../../src/testing/index.ts'

const run = promisify(execFile)

describe('discard', () => {
  it('closes the body first, then calls finished with an error, once', () => {
    const events: unknown[] = []
    const response: GatewayResponse = {
      status: 200,
      body: {
        [Symbol.iterator]: () => ({
          next: () => ({ done: true as const, value: undefined }),
          return() {
            events.push('return')
            return { done: true as const, value: undefined }
          },
        }),
      },
      finished: error => events.push((error as { code: string }).code),
    }
    discard(response)
    discard(response)
    expect(events).toEqual(['return', 'NSGI_RESPONSE_DISCARDED'])
  })

  it('passes the reason on that it is given', () => {
    const reason = new Error('too slow')
    let told: unknown
    discard(
      {
        status: 200,
        finished(error) {
          told = error
        },
      },
      reason,
    )
    expect(told).toBe(reason)
  })

  it('calls finished as a method of the response', () => {
    const response = {
      status: 200,
      released: false,
      finished() {
        this.released = true
      },
    }
    discard(response)
    expect(response.released).toBe(true)
  })

  it('needs neither a body nor finished', () => {
    expect(() => discard({ status: 204 })).not.toThrow()
  })

  it('reports what finished throws as a process warning, and goes on', async () => {
    // In a process of its own: jest's `process` is a copy that no warning reaches.
    const program = `
      import { discard } from ${JSON.stringify(new URL('../../dist/middleware/index.js', import.meta.url).href)}
      discard({ status: 200, finished() { throw new Error('from finished') } })
      console.log('went on')`
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', program], { env: {} })
    expect(stdout).toBe('went on\n')
    expect(stderr).toContain('finished() of a discarded response threw')
    expect(stderr).toContain('Error: from finished')
  })

  it('releases the stream of a response that a middleware replaces', async () => {
    const stream = new PassThrough()
    const application: Application = () => ({ status: 200, body: stream })
    const replacing = wrap(application, async (_request, _context, next) => {
      discard(await next())
      return { status: 503 }
    })
    expect((await call(replacing)).status).toBe(503)
    expect(stream.destroyed).toBe(true)
  })
})
