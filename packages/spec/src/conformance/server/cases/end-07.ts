import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { Script } from '../probe/script.ts'
import { probeRequest, type RequestOptions } from '../request.ts'
import { named } from '../splits.ts'

const body = (...yields: readonly (string | number)[]): Script => ({
  response: { body: { $: 'async', steps: yields.map(item => ({ yield: item })) } },
})

const WELL: Readonly<Record<string, RequestOptions>> = {
  'a text': {},
  'a stream': { script: body('a', 'b') },
  'a stream to HEAD': { method: 'HEAD', script: body('a') },
  'a 304': { script: { response: { status: 304, body: null } } },
  'HTTP/1.0': { version: 'HTTP/1.0', script: body('a') },
}

const BADLY: Readonly<Record<string, RequestOptions>> = {
  'an invalid status': { script: { response: { status: 42 } } },
  'an invalid body': { script: { response: { body: true } } },
  'a chunk that is none': { script: body('a', 42) },
  'a body that throws': { script: { response: { body: { $: 'async', steps: [{ yield: 'a' }, { throw: 'x' }] } } } },
  'a shortfall': { script: { response: { headers: { 'content-length': '9' }, ...body('a').response } } },
  'too much': { script: { response: { headers: { 'content-length': '1' }, ...body('a', 'b').response } } },
}

export const end07: readonly ConformanceCase<Bench>[] = defineCases('END-07', {
  'gives finished no error after success': async bench => {
    for (const [name, options] of Object.entries(WELL)) {
      const { key } = await bench.exchange(options)
      expectEqual((await bench.event(key, 'finished'))['error'], null, `the error of finished after ${name}`)
    }
  },

  'gives it one after any failure': async bench => {
    for (const [name, options] of Object.entries(BADLY)) {
      const request = probeRequest(options)
      const connection = await bench.connect()
      connection.request(request)
      try {
        const { error } = await bench.event(request.key, 'finished')
        expectThat(typeof error === 'string', 'finished got no error')
      } catch (error) {
        throw named(error, name)
      }
    }
  },

  'gives it one where the client was lost while bytes waited to be sent': {
    serial: true,
    run: async bench => {
      const request = probeRequest({
        script: { response: { body: { $: 'fill', text: 'x', times: 32 * 1024 * 1024 } } },
      })
      const connection = await bench.connect(undefined, { paused: true })
      connection.request(request)
      await bench.event(request.key, 'call')
      await bench.quiet()
      expectEqual(bench.probe.of(request.key, 'finished').length, 0, 'calls of finished before the client has read')
      connection.reset()
      const { error } = await bench.event(request.key, 'finished')
      expectThat(typeof error === 'string', 'finished got no error')
    },
  },
})
