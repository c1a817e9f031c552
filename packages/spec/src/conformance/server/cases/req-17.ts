import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectEqual, expectThat } from '../../failure.ts'
import type { Bench, ExchangeResult } from '../bench.ts'
import type { ProbeEvent } from '../probe-directory.ts'
import type { ProxyField } from '../proxy-fields.ts'
import { probeRequest, type RequestOptions } from '../request.ts'
import type { ServerProcess } from '../server-process.ts'
import { expectRefused } from '../splits.ts'
import type { Connection } from '../wire/connection.ts'

const STRANGE_ADDRESS = '127.0.0.17'

/** What a client can say about itself. Nobody told the server to trust it. */
const FIELDS = [
  'X-Forwarded-For: 192.0.2.1',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: wrong.example',
  'X-Forwarded-Port: 1',
  'X-Real-IP: 192.0.2.1',
  'Forwarded: for=192.0.2.1;proto=https;host=wrong.example',
]

/** What there is to say where no server that trusts a proxy can be started. */
const UNTRUSTING = 'no command for a server that believes a proxy was given (--proxy-command)'

/** What a proxy says of its client, field by field, and what comes of it. */
const VOUCHED: Readonly<Record<ProxyField, readonly [value: string, told: Told]>> = {
  'x-forwarded-for': ['192.0.2.1', { address: '192.0.2.1' }],
  'x-forwarded-proto': ['https', { scheme: 'https' }],
  'x-forwarded-host': ['shop.example', { authority: 'shop.example' }],
  forwarded: [
    'for=192.0.2.1;proto=https;host=shop.example',
    { address: '192.0.2.1', scheme: 'https', authority: 'shop.example' },
  ],
}

/** What a client wrote before a proxy that appends added what it knows. */
const APPENDED: Partial<Readonly<Record<ProxyField, string>>> = {
  'x-forwarded-for': '203.0.113.66, 192.0.2.1',
  forwarded: 'for=203.0.113.66;proto=https;host=wrong.example, for=192.0.2.1',
}

/** What an application is told of a client. */
interface Told {
  readonly address?: string
  readonly scheme?: string
  readonly authority?: string
}

/** What it is told where nobody vouches for anything. */
const UNVOUCHED = { address: '127.0.0.1', scheme: 'http', authority: 'right.example' } as const

/**
 * Sends a request from an address of the loopback that nobody uses: many servers trust 127.0.0.1 without being told to. Where
 * the operating system has no such address it is from 127.0.0.1.
 */
async function stranger(bench: Bench, options: RequestOptions): Promise<ExchangeResult> {
  const from = await bench.connect(undefined, { from: STRANGE_ADDRESS }).then(
    () => ({ from: STRANGE_ADDRESS }),
    () => ({}),
  )
  return bench.exchange(options, from)
}

export const req17: readonly ConformanceCase<Bench>[] = defineCases('REQ-17', {
  'believes no forwarded fields of a peer that nobody vouched for, and leaves them visible': async bench => {
    const { key, connection } = await stranger(bench, { host: 'right.example', fields: FIELDS })
    const call = await bench.call(key)
    expectEqual([call['scheme'], call['authority']], ['http', 'right.example'], 'scheme and authority')
    expectEqual(call['remote'], { address: connection.localAddress, port: connection.localPort }, 'remote')
    const headers = call['headers'] as Record<string, string>
    expectEqual(headers['x-forwarded-for'], '192.0.2.1', 'x-forwarded-for')
  },

  'takes no PROXY header of such a peer': bench =>
    expectRefused(
      bench,
      {
        'version 1': 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET /{key} HTTP/1.1\r\nHost: a\r\n\r\n',
        'version 2':
          '\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u00c0\0\u0002\u0001\u00c0\0\u0002\u0002\0\u0001\0\u0002GET /{key} HTTP/1.1\r\nHost: a\r\n\r\n',
      },
      // 501: to a server that knows no such header `PROXY` is a method.
      { whole: true, statuses: [400, 501] },
    ),

  'believes a proxy that it was told to trust, of each request what was said of it (--proxy-command)': async bench => {
    const server = await trusting(bench)
    if (server === undefined) return UNTRUSTING
    const connection = await bench.connect(server)
    for (const name of bench.server.proxyFields) {
      const [value, told] = VOUCHED[name]
      const call = await callOf(bench, { server, connection, fields: [`${name}: ${value}`] })
      expectEqual(toldBy(call), { ...UNVOUCHED, ...told }, `what ${name} tells`)
      expectEqual((call?.['headers'] as Record<string, string> | undefined)?.[name], value, name)
      const next = await callOf(bench, { server, connection })
      expectEqual(toldBy(next), UNVOUCHED, 'what the next request on the same connection tells')
    }
    return undefined
  },

  'believes nothing that such a proxy only passes on': async bench => {
    const server = await trusting(bench)
    if (server === undefined) return UNTRUSTING
    for (const name of bench.server.proxyFields) {
      const value = APPENDED[name]
      if (value === undefined) continue
      const call = await callOf(bench, { server, fields: [`${name}: ${value}`] })
      // Refusing it is safe as well.
      if (call !== undefined) expectEqual(toldBy(call), { ...UNVOUCHED, address: '192.0.2.1' }, `what ${name} tells`)
    }
    return undefined
  },

  'believes no other peer where it trusts a proxy': async bench => {
    const server = await trusting(bench)
    if (server === undefined) return UNTRUSTING
    const connection = await bench.connect(server, { from: STRANGE_ADDRESS }).catch(() => undefined)
    if (connection === undefined) return `the system has no address ${STRANGE_ADDRESS}`
    const fields = bench.server.proxyFields.map(name => `${name}: ${VOUCHED[name][0]}`)
    const call = await callOf(bench, { server, connection, fields })
    expectThat(call !== undefined, 'the request was refused: what a stranger forwards is no reason to')
    expectEqual(toldBy(call), { ...UNVOUCHED, address: STRANGE_ADDRESS }, 'what is told')
    return undefined
  },
})

async function trusting(bench: Bench): Promise<ServerProcess | undefined> {
  const { proxyCommand: command } = bench.server
  return command === undefined ? undefined : bench.shared({ command })
}

/** The call that a request with these fields leads to; `undefined` where it is answered with 400. */
async function callOf(
  bench: Bench,
  how: { readonly server: ServerProcess; readonly connection?: Connection; readonly fields?: readonly string[] },
): Promise<ProbeEvent | undefined> {
  const { server, connection = await bench.connect(server), fields = [] } = how
  const request = probeRequest({ host: UNVOUCHED.authority, fields })
  const { status } = await connection.request(request).response()
  if (status === 400 && server.probe.of(request.key, 'call').length === 0) return undefined
  expectEqual(status, 200, 'the status')
  return server.probe.event(request.key, { type: 'call', signal: bench.signal })
}

function toldBy(call: ProbeEvent | undefined): Told | undefined {
  if (call === undefined) return undefined
  const { remote, scheme, authority } = call as unknown as { remote: { address: string } } & Required<Told>
  return { address: remote.address, scheme, authority }
}
