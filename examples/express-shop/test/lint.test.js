// The shop under `kirin --lint`: neither Kirin nor the adapter nor Express through it breaks a rule of the specification.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { cookieOf, KirinProcess } from './kirin-process.js'

let temporary
let kirin

beforeAll(async () => {
  temporary = mkdtempSync(path.join(tmpdir(), 'express-shop-lint-'))
  kirin = await KirinProcess.start({ temporary, flags: ['--lint', '--graceful-timeout=10'] })
})

afterAll(async () => {
  await kirin.stop('SIGKILL')
  rmSync(temporary, { recursive: true, force: true })
})

/** A file as a browser sends it. */
function upload(field, bytes) {
  const head = `--x\r\ncontent-disposition: form-data; name="${field}"; filename="a.bin"\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--x--\r\n')])
  return kirin.fetch('/api/uploads', {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body,
  })
}

it('serves pages, files, ranges, JSON, uploads, streams, failures and a stop, and nothing is found', async () => {
  const statuses = []
  const gzip = { 'accept-encoding': 'gzip' }
  for (const target of ['/', '/shop.css', '/api/products', '/api/report.csv', '/health', '/nowhere', '/api/broken']) {
    for (const options of [{}, { method: 'HEAD' }, { headers: gzip }]) {
      statuses.push((await kirin.fetch(target, options)).status)
    }
  }
  expect(new Set(statuses)).toEqual(new Set([200, 404, 500]))
  const { headers } = await kirin.fetch('/shop.css')
  expect((await kirin.fetch('/shop.css', { headers: { 'if-none-match': headers.etag } })).status).toBe(304)
  expect((await kirin.fetch('/bell.wav', { headers: { range: 'bytes=0-99' } })).status).toBe(206)
  expect((await kirin.post('/api/cart', '{"broken')).status).toBe(400)
  const filled = await kirin.post('/api/cart', { id: 'assam', quantity: 2 })
  expect((await kirin.post('/api/orders', {}, cookieOf(filled))).status).toBe(201)
  expect((await upload('picture', randomBytes(300_000))).status).toBe(201)
  expect((await upload('other', randomBytes(10))).status).toBe(422)

  // One who leaves in the middle of an endless and of a long response.
  for (const target of ['/api/clock', '/api/report.csv']) {
    const response = await kirin.open(target)
    await once(response, 'data')
    response.destroy()
  }
  // One who stays until the server stops.
  const clock = await kirin.open('/api/clock')
  await once(clock, 'data')
  const ended = clock.resume() && once(clock, 'end')
  expect(await kirin.stop()).toBe(0)
  await ended

  await kirin.line(/--lint/)
  expect(kirin.log).not.toMatch(/lint: |NSGI_VIOLATION/)
})
