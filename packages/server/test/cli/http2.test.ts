// Whole processes over HTTP/2.
import { connect } from 'node:http2'
import { afterEach, describe, expect, it } from '@jest/globals'
import { certificateFile } from '../support/certificates.ts'
import { Http2Client } from '../support/http2-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

const APPLICATION = `
export default async request => {
  let size = 0
  for await (const chunk of request.body ?? []) size += chunk.length
  return { status: 200, body: JSON.stringify([request.httpVersion, request.scheme, size, process.pid]) }
}
`
const TLS = ['--certfile', certificateFile('server.pem'), '--keyfile', certificateFile('server.key')]

const clients: Http2Client[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
})

const serve = (...args: readonly string[]) =>
  startServing([...args, 'app.mjs'], { cwd: applicationDirectory({ 'app.mjs': APPLICATION }) })

async function open(origin: string): Promise<Http2Client> {
  const client = await Http2Client.open(origin)
  clients.push(client)
  return client
}

describe('kirin', () => {
  it.each([
    ['by prior knowledge', 'http', []],
    ['over TLS', 'https', TLS],
  ])('speaks HTTP/2 %s, and logs it', async (_how, scheme, args) => {
    const { kirin, origin } = await serve(...args, '--access-logfile', '-')
    const client = await open(origin)
    const { body } = await client.request({ ':method': 'POST', ':path': '/upload' }, { body: Buffer.alloc(300_000) })
    expect(JSON.parse(body.toString())).toEqual(['2', scheme, 300_000, expect.any(Number)])
    const [line] = await kirin.line(/"POST \/upload HTTP\/2.*/)
    expect(line).toMatch(/ 200 /)
  })

  it('tells clients its limits', async () => {
    const limits = ['--http2-max-concurrent-streams', '7', '--http2-initial-window-size', '100000']
    const { origin } = await serve(...limits, '--http2-max-frame-size', '20000')
    const { session } = await open(origin)
    expect(session.remoteSettings).toMatchObject({
      maxConcurrentStreams: 7,
      initialWindowSize: 100_000,
      maxFrameSize: 20_000,
    })
  })

  it('speaks HTTP/1 alone when told to', async () => {
    const { origin } = await serve('--http-protocols', 'h1', ...TLS)
    const session = connect(origin, { rejectUnauthorized: false })
    const error = await new Promise(resolve => session.once('error', resolve))
    expect(error).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' })
  })
})
