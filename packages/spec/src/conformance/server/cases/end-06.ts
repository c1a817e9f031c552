import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual } from '../../failure.ts'
import type { Bench } from '../bench.ts'
import type { Script } from '../probe/script.ts'
import { probeRequest, type RequestOptions } from '../request.ts'
import { named } from '../splits.ts'

const steps = (...list: readonly (string | number)[]): Script => ({
  response: { body: { $: 'async', steps: list.map(item => ({ yield: item })) } },
})

/** Responses that end in different ways. */
const RESPONSES: Readonly<Record<string, RequestOptions>> = {
  'a text': {},
  'no body': { script: { response: { body: null } } },
  'a stream': { script: steps('a', 'b') },
  'an empty stream': { script: steps() },
  'a stream to HEAD': { method: 'HEAD', script: steps('a') },
  'a text to HEAD': { method: 'HEAD' },
  'a 204': { script: { response: { status: 204, body: null } } },
  'a 304': { script: { response: { status: 304, body: null } } },
  'an invalid status': { script: { response: { status: 42 } } },
  'an invalid field': { script: { response: { headers: { x: 'a\r\nb' } } } },
  'an invalid body': { script: { response: { body: 42 } } },
  'a chunk that is none': { script: steps('a', 42) },
  'a body that throws at once': { script: { response: { body: { $: 'async', steps: [{ throw: 'x' }] } } } },
  'a body that throws later': {
    script: { response: { body: { $: 'async', steps: [{ yield: 'a' }, { throw: 'x' }] } } },
  },
  'a shortfall': {
    script: { response: { headers: { 'content-length': '9' }, body: { $: 'async', steps: [{ yield: 'a' }] } } },
  },
  'a length of its own': { script: { response: { headers: { 'content-length': '9' }, body: 'a' } } },
  'HTTP/1.0': { version: 'HTTP/1.0', script: steps('a') },
  'connection: close': { script: { response: { headers: { connection: 'close' } } } },
}

export const end06: readonly ConformanceCase<Bench>[] = defineCases('END-06', {
  'calls finished once, however the response ends': async bench => {
    for (const [name, options] of Object.entries(RESPONSES)) {
      const request = probeRequest(options)
      const connection = await bench.connect()
      connection.request(request)
      try {
        await bench.event(request.key, 'finished')
        connection.close()
        await bench.alive()
        expectEqual(bench.probe.of(request.key, 'finished').length, 1, 'calls of finished')
      } catch (error) {
        throw named(error, name)
      }
    }
  },

  'calls it once where the client was lost before the application returned': async bench => {
    const script: Script = { before: [{ watch: true }, { gate: 'answer' }], ...steps('a') }
    const request = probeRequest({ script })
    const connection = await bench.connect()
    connection.request(request)
    await bench.event(request.key, 'watching')
    connection.reset()
    await bench.event(request.key, 'signal')
    bench.open(request.key, 'answer')
    await bench.event(request.key, 'finished')
    await bench.quiet()
    expectEqual(bench.probe.of(request.key, 'finished').length, 1, 'calls of finished')
  },
})
