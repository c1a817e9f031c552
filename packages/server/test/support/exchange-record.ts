// Records of exchanges as the engine makes them, for what is written from them.
import type { GatewayRequest } from '@nsgi/spec'
import type { ExchangeRecord } from '../../src/transport/gateway-server.ts'

/** What to change in the ordinary record. */
export interface RecordChanges extends Partial<Omit<ExchangeRecord, 'request'>> {
  readonly request?: Partial<GatewayRequest>
}

/** A GET of `/path?a=b` by 192.0.2.1, answered with 200 and five bytes in 1.234567 seconds. */
export function exchangeRecord({ request, ...changes }: RecordChanges = {}): ExchangeRecord {
  const headers = Object.assign(Object.create(null) as Record<string, string>, { host: 'example.org' })
  return {
    request: {
      method: 'GET',
      target: '/path?a=b',
      mount: '',
      path: '/path',
      query: 'a=b',
      scheme: 'http',
      authority: 'example.org',
      httpVersion: '1.1',
      headers,
      rawHeaders: ['Host', 'example.org'],
      body: null,
      trailers: undefined,
      remote: { address: '192.0.2.1', port: 40_000 },
      local: { address: '192.0.2.2', port: 80 },
      tls: null,
      signal: new AbortController().signal,
      upgrade: undefined,
      ...request,
    },
    status: 200,
    responseHeaders: {},
    bytes: 5,
    startedAt: Date.UTC(2024, 10, 22, 15, 48, 1, 999),
    duration: 1234.567,
    error: undefined,
    ...changes,
  }
}
