import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { Agent, createServer, type RequestOptions, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { tls } from '../fixtures/tls.mjs'
import { nodeSubject } from '../support/node-subject.ts'
import { runKirin, startHere } from '../support/servers.ts'

const place = (file: string): URL => new URL(`../../../server/test/support/certificates/${file}`, import.meta.url)
const pem = (file: string): Buffer => readFileSync(place(file))
const path = (file: string): string => fileURLToPath(place(file))

interface Running {
  readonly port: number
  stop(): Promise<void>
}
let native: Running
let adapted: Running

beforeAll(async () => {
  const secure = createServer(
    {
      cert: pem('server.pem'),
      key: pem('server.key'),
      ca: pem('authority.pem'),
      requestCert: true,
      rejectUnauthorized: false,
    },
    nodeSubject.handler,
  )
  native = await startHere(secure, nodeSubject)
  const files = ['--certfile', path('server.pem'), '--keyfile', path('server.key'), '--ca-certs', path('authority.pem')]
  adapted = await runKirin(new URL('../fixtures/silent-application.mjs', import.meta.url), {
    args: [...files, '--cert-reqs', '1'],
  })
})

afterAll(async () => {
  await native?.stop()
  await adapted?.stop()
})

const client = { cert: pem('client.pem'), key: pem('client.key') }

async function ask(server: Running, name: string, options: RequestOptions): Promise<unknown> {
  const agent = new Agent({ keepAlive: false })
  const sent = request({
    agent,
    host: '127.0.0.1',
    port: server.port,
    path: `/${encodeURIComponent(name)}`,
    ca: pem('authority.pem'),
    servername: 'localhost',
    ...options,
  }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return JSON.parse(await text(response)) as unknown
}

describe('over TLS, through fromNode on kirin as on node:https', () => {
  it.each([
    ['without a certificate', {}],
    ['with a certificate', client],
    ['by TLS 1.2', { ...client, maxVersion: 'TLSv1.2' as const }],
  ])('%s', async (_kind, options) => {
    for (const name of Object.keys(tls)) {
      const expected = await ask(native, name, options)
      expect(expected).toHaveLength(name === 'the TLS session' ? 5 : 8)
      expect(await ask(adapted, name, options)).toEqual(expected)
    }
  })
})
