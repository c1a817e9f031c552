import type { Bench } from './bench.ts'
import { probeRequest } from './request.ts'
import type { Connection } from './wire/connection.ts'
import type { ResponseHead } from './wire/response.ts'

/** What differs from `GET` with `Upgrade: websocket`. */
export interface UpgradeOptions {
  readonly method?: string
  readonly target?: string
  readonly status?: number
  /** Bytes in the same packet, behind the request. */
  readonly behind?: string
}

/** A connection that the application has taken over; it echoes in capitals. */
export async function taken(
  bench: Bench,
  { method = 'GET', target = '/', status = 101, behind = '' }: UpgradeOptions = {},
): Promise<{ readonly connection: Connection; readonly head: ResponseHead; readonly key: string }> {
  const request = probeRequest({
    method,
    target,
    fields: method === 'CONNECT' ? [] : ['Connection: Upgrade', 'Upgrade: websocket'],
    body: behind,
    script: { response: { status, headers: {}, body: null, upgrade: 'echo' } },
  })
  const connection = (await bench.connect()).request(request)
  const head = await connection.head()
  await bench.event(request.key, 'upgraded')
  return { connection, head, key: request.key }
}
