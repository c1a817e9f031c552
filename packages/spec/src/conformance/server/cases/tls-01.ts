import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectThat, skip } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import type { BodyStep } from '../probe/script.ts'
import { probeRequest, type RequestOptions } from '../request.ts'
import type { Connection } from '../wire/connection.ts'

/** The last version whose alerts can be told from other records without the session's keys. */
const VISIBLE = { version: 'TLSv1.2' } as const

const body = (...steps: readonly BodyStep[]): RequestOptions => ({
  version: 'HTTP/1.0',
  script: { response: { body: { $: 'async', steps } } },
})

const WHOLE: Readonly<Record<string, RequestOptions>> = {
  'a response with a length': { fields: ['Connection: close'] },
  'a body that ends where the connection does': body({ yield: 'one' }, { yield: 'two' }),
  'a body that ends a turn after its last piece': body({ yield: 'one' }, { gate: 'end' }),
}

const CUT: Readonly<Record<string, RequestOptions>> = {
  'a body that throws': body({ yield: 'one' }, { gate: 'end' }, { throw: 'broken' }),
  'a body with a piece that is none': body({ yield: 'one' }, { gate: 'end' }, { yield: 42 }),
}

export const tls01: readonly ConformanceCase<Bench>[] = defineCases('TLS-01', {
  'says close_notify before it closes behind a response': async bench => {
    for (const [name, options] of Object.entries(WHOLE)) {
      const request = probeRequest(options)
      const connection = await connected(bench)
      await connection.request(request).head()
      bench.open(request.key, 'end')
      const { how } = await connection.reader.toClose('the end of the connection')
      const notified = how === 'end' && connection.endedByAlert
      expectThat(notified, `${name} was followed by the end of the connection without close_notify`)
    }
  },

  'says none where a response was cut short whose end is that of the connection': async bench => {
    for (const [name, options] of Object.entries(CUT)) {
      const request = probeRequest(options)
      const connection = await connected(bench)
      await connection.request(request).head()
      bench.open(request.key, 'end')
      const { how } = await connection.reader.toClose('the end of the connection')
      expectThat(
        how === 'reset' || !connection.endedByAlert,
        `${name} was followed by close_notify, as if it were whole`,
      )
      const { error } = await bench.event(request.key, 'finished')
      expectThat(typeof error === 'string', `finished got no error after ${name}`)
    }
  },

  'answers on after a client has ended its session without close_notify': async bench => {
    const request = probeRequest()
    const connection = await bench.connect()
    expectProbe(await connection.request(request).response(), request)
    connection.close()
    await bench.alive()
  },
})

async function connected(bench: Bench): Promise<Connection> {
  return bench
    .connect(undefined, { tls: VISIBLE })
    .catch(() => skip('it speaks no TLS 1.2: later versions hide whether there was a close_notify'))
}
