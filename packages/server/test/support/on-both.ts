// What a program can see of a node http.Server, on node:http and on the drop-in: a behaviour gives a log, which must be the same of both.
import { once } from 'node:events'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from '@jest/globals'
import * as dropIn from '../../src/node-http/index.ts'
import { RawClient } from './raw-client.ts'

/** What both have. */
export type Api = Pick<typeof http, 'createServer'> & { readonly Server: dropIn.ServerConstructor }
const NODE = http as unknown as Api

/** What was opened in a behaviour, closed after it. */
const opened: { destroy(): void }[] = []
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy()
})

/** Has a server closed after the behaviour. */
export function watched(server: http.Server): http.Server {
  opened.push({
    destroy() {
      server.close()
      server.closeAllConnections()
    },
  })
  return server
}

/** Has a server listen; its port. */
export async function listening(server: http.Server): Promise<number> {
  watched(server).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A client of it. */
export async function connect(port: number): Promise<RawClient> {
  const client = await RawClient.open({ port, host: '127.0.0.1' })
  opened.push({ destroy: () => client.socket.destroy() })
  return client
}

/** Every byte of a response, but for the date. */
export function plain(text: string): string[] {
  return text.replaceAll(/^(Date): .*\r$/gm, '$1\r').split('\r\n')
}

export const GET: string = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
export const LAST: string = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** Everything that one connection answers to these bytes, until the server ends it. */
export async function exchange(port: number, bytes: string): Promise<string[]> {
  const client = await connect(port)
  return plain(await client.send(bytes).rest())
}

export const hello: http.RequestListener = (_req, res) => void res.end('hello')
export const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code

/** Each gives a log, which must be the same. */
export type Behaviours = Readonly<Record<string, (api: Api) => Promise<unknown>>>

/** A test for each behaviour. */
export function compareOnBoth(behaviours: Behaviours): void {
  it.each(Object.keys(behaviours))('%s', async name => {
    const behaviour = behaviours[name] as (api: Api) => Promise<unknown>
    const expected = await behaviour(NODE)
    expect(await behaviour(dropIn)).toEqual(expected)
  })
}
