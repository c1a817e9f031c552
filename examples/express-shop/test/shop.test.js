import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGunzip, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cookieOf, KirinProcess } from './kirin-process.js'

const MEBIBYTE = 1024 * 1024

let temporary
let kirin

beforeAll(async () => {
  temporary = mkdtempSync(path.join(tmpdir(), 'express-shop-'))
  kirin = await KirinProcess.start({ workers: 2, temporary })
})

afterAll(async () => {
  await kirin.stop()
  rmSync(temporary, { recursive: true, force: true })
})

describe('the page', () => {
  it('is served from an Express application that Kirin recognised', async () => {
    const { status, headers, text } = await kirin.fetch('/')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(text).toContain('<title>Kirin Tea</title>')
    await kirin.line(/Express application.*@nsgi\/adapters-express/)
  })

  it('needs nothing that its Content-Security-Policy forbids', async () => {
    const { headers, text } = await kirin.fetch('/')
    expect(headers['content-security-policy']).toMatch(/script-src 'self'.*style-src 'self'/)
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:/)
  })

  it('links to nothing that is missing but the page that is meant to be', async () => {
    const { text } = await kirin.fetch('/')
    const links = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(match => match[1])
    const missing = []
    for (const link of links) if ((await kirin.fetch(link)).status !== 200) missing.push(link)
    expect(links.length).toBeGreaterThan(5)
    expect(missing).toEqual(['/nowhere'])
  })

  it('is not sent again to a browser that has it', async () => {
    const { headers } = await kirin.fetch('/shop.css')
    const again = await kirin.fetch('/shop.css', { headers: { 'if-none-match': headers.etag } })
    expect([again.status, again.bytes.length]).toEqual([304, 0])
  })

  it('is compressed for a browser that can read that', async () => {
    const { headers, bytes } = await kirin.fetch('/shop.css', { headers: { 'accept-encoding': 'gzip' } })
    expect(headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(bytes).toString()).toBe((await kirin.fetch('/shop.css')).text)
  })
})

describe('the catalogue', () => {
  it('lists teas, each with a picture', async () => {
    const teas = (await kirin.fetch('/api/products')).json()
    expect(teas.map(tea => tea.id)).toContain('sencha')
    for (const { id, colour } of teas) {
      const { headers, text } = await kirin.fetch(`/api/products/${id}/cup.svg`)
      expect(headers['content-type']).toContain('image/svg+xml')
      expect(text).toContain(colour)
    }
  })
})

describe('the cart', () => {
  it('is kept in a signed cookie', async () => {
    const posted = await kirin.post('/api/cart', { id: 'assam', quantity: 3 })
    expect(posted.status).toBe(200)
    expect(posted.json()).toEqual({ items: [{ id: 'assam', name: 'Assam', quantity: 3, price: 2940 }], total: 2940 })
    const cookie = cookieOf(posted)
    expect((await kirin.fetch('/api/cart', { headers: { cookie } })).json().total).toBe(2940)
    const forged = cookie.replace(/shop=[^;]*/, `shop=${Buffer.from('{"cart":{"assam":1}}').toString('base64')}`)
    expect((await kirin.fetch('/api/cart', { headers: { cookie: forged } })).json().total).toBe(0)
  })

  it('takes out what is set to zero', async () => {
    const cookie = cookieOf(await kirin.post('/api/cart', { id: 'assam', quantity: 3 }))
    expect((await kirin.post('/api/cart', { id: 'assam', quantity: 0 }, cookie)).json().items).toEqual([])
  })

  it.each([
    ['a product that there is not', { id: 'coffee', quantity: 1 }, 422, /No such product/],
    ['half a packet', { id: 'assam', quantity: 1.5 }, 422, /whole number/],
    ['a warehouse full', { id: 'assam', quantity: 100 }, 422, /whole number/],
    ['broken JSON', '{"id":', 400, /JSON/],
    ['JSON without end', { id: 'x'.repeat(200_000) }, 413, /too large/],
  ])('refuses %s', async (_what, body, status, message) => {
    const answer = await kirin.post('/api/cart', body)
    expect(answer.status).toBe(status)
    expect(answer.json().error).toMatch(message)
  })

  it('becomes an order and is empty then', async () => {
    const filled = cookieOf(await kirin.post('/api/cart', { id: 'gyokuro', quantity: 2 }))
    const placed = await kirin.post('/api/orders', {}, filled)
    expect(placed.status).toBe(201)
    expect(placed.json()).toMatchObject({ pieces: 2, total: 6800 })
    const headers = { cookie: cookieOf(placed) }
    expect((await kirin.fetch('/api/orders', { headers })).json()).toEqual([placed.json()])
    expect((await kirin.fetch('/api/cart', { headers })).json().items).toEqual([])
  })

  it('outlives the worker that filled it', async () => {
    const own = await KirinProcess.start({ temporary })
    try {
      const cookie = cookieOf(await own.post('/api/cart', { id: 'oolong', quantity: 1 }))
      const { worker } = (await own.fetch('/health')).json()
      process.kill(worker, 'SIGKILL')
      await own.line(/Worker 0 is ready/, 1)
      expect((await own.fetch('/api/cart', { headers: { cookie } })).json().total).toBe(1890)
      expect((await own.fetch('/health')).json().worker).not.toBe(worker)
    } finally {
      await own.stop()
    }
  })
})

/** Resolves once the names of the uploads under way are as wanted. */
async function filesAre(wanted) {
  const watcher = watch(temporary)
  while (!wanted(readdirSync(temporary))) await once(watcher, 'change')
  watcher.close()
}

describe('an upload', () => {
  const boundary = 'sugar'
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const form = (content, field = 'picture') =>
    Buffer.concat([
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="pot.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`,
      ),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])

  it('of 10 MB arrives whole', async () => {
    const picture = randomBytes(10 * MEBIBYTE)
    const { status, json } = await kirin.fetch('/api/uploads', { method: 'POST', headers, body: form(picture) })
    expect(status).toBe(201)
    const sha256 = createHash('sha256').update(picture).digest('hex')
    expect(json()).toEqual({ name: 'pot.jpg', size: picture.length, type: 'image/jpeg', sha256 })
  })

  it('of more than 32 MB is refused', async () => {
    const body = form(Buffer.alloc(33 * MEBIBYTE))
    const { status, json } = await kirin.fetch('/api/uploads', { method: 'POST', headers, body })
    expect([status, json().error]).toEqual([413, 'File too large'])
  })

  it('in a field of another name is refused', async () => {
    const body = form(Buffer.from('x'), 'virus')
    expect((await kirin.fetch('/api/uploads', { method: 'POST', headers, body })).status).toBe(422)
  })

  it('leaves no file behind', async () => {
    expect(readdirSync(temporary)).toEqual([])
  })

  it('that breaks off leaves no file behind either', async () => {
    const socket = net.connect(kirin.port, '127.0.0.1')
    await once(socket, 'connect')
    const start = form(Buffer.alloc(MEBIBYTE)).subarray(0, MEBIBYTE / 2)
    socket.write(
      `POST /api/uploads?broken HTTP/1.1\r\nhost: shop\r\ncontent-length: ${MEBIBYTE}\r\ncontent-type: ${headers['content-type']}\r\n\r\n`,
    )
    socket.write(start)
    await filesAre(names => names.length === 1)
    socket.destroy()
    await filesAre(names => names.length === 0)
    expect((await kirin.fetch('/health')).status).toBe(200)
  })
})

describe('the bell', () => {
  const file = readFileSync(new URL('../public/bell.wav', import.meta.url))

  it.each([
    ['bytes=0-99', 0, 100],
    ['bytes=50000-50999', 50_000, 51_000],
    ['bytes=-44', file.length - 44, file.length],
    ['bytes=99000-', 99_000, file.length],
  ])('is sent in the range %s', async (range, start, end) => {
    const { status, headers, bytes } = await kirin.fetch('/bell.wav', { headers: { range } })
    expect(status).toBe(206)
    expect(headers['content-range']).toBe(`bytes ${start}-${end - 1}/${file.length}`)
    expect(bytes.equals(file.subarray(start, end))).toBe(true)
  })

  it('has no range behind its end', async () => {
    const { status, headers } = await kirin.fetch('/bell.wav', { headers: { range: 'bytes=999999-' } })
    expect([status, headers['content-range']]).toEqual([416, `bytes */${file.length}`])
  })

  it('is announced without being sent to HEAD', async () => {
    const { status, headers, bytes } = await kirin.fetch('/bell.wav', { method: 'HEAD' })
    expect([status, headers['content-length'], bytes.length]).toEqual([200, String(file.length), 0])
  })
})

describe('the clock', () => {
  const EVENT = /^event: tick\ndata: \{"time":"[^"]+","worker":\d+\}\n\n$/

  it('sends each event when it happens, by itself', async () => {
    const response = await kirin.open('/api/clock')
    expect(response.headers['content-type']).toContain('text/event-stream')
    const events = response[Symbol.asyncIterator]()
    for (let count = 0; count < 2; count++) expect(String((await events.next()).value)).toMatch(EVENT)
    expect(response.complete).toBe(false)
    response.destroy()
    await kirin.line(/GET \/api\/clock 200 \d+$/)
  })

  it('does so through compression, too', async () => {
    const response = await kirin.open('/api/clock', { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers['content-encoding']).toBe('gzip')
    const gunzip = response.pipe(createGunzip())
    for (let count = 0; count < 2; count++) expect(String((await once(gunzip, 'data'))[0])).toMatch(EVENT)
    expect(response.complete).toBe(false)
    response.destroy()
  })

  it('ends when the server stops, so that the stop is a clean one', async () => {
    const own = await KirinProcess.start({ temporary })
    const response = await own.open('/api/clock')
    await once(response, 'data')
    const exited = own.stop()
    await once(response, 'end')
    expect(response.complete).toBe(true)
    expect(await exited).toBe(0)
  })
})

describe('the report', () => {
  it('has a hundred thousand rows', async () => {
    const { status, headers, text } = await kirin.fetch('/api/report.csv')
    expect(status).toBe(200)
    expect(headers['content-disposition']).toBe('attachment; filename=sales.csv')
    const lines = text.split('\n')
    expect(lines.length).toBe(100_002)
    expect(lines[0]).toBe('number,placed,tea,grams,cents')
    expect(lines[100_000]).toMatch(/^100000,2023-/)
    expect(lines[100_001]).toBe('')
  })

  it('waits for a slow reader, and ends with one who leaves', async () => {
    const response = await kirin.open('/api/report.csv?rows=5000000')
    await once(response, 'readable')
    for (let count = 0; count < 50; count++) expect((await kirin.fetch('/health')).status).toBe(200)
    response.destroy()
    const [, sent] = await kirin.line(/GET \/api\/report\.csv 200 (\d+)$/, 1)
    // All of it would be 240 MB. What fits into socket buffers may be on the way.
    expect(Number(sent)).toBeLessThan(32 * MEBIBYTE)
    expect(kirin.log).not.toMatch(/PREMATURE|ERROR/)
  })

  it('is finished when the server is told to stop meanwhile', async () => {
    const own = await KirinProcess.start({ temporary })
    const response = await own.open('/api/report.csv?rows=1000000')
    await once(response, 'readable')
    const exited = own.stop()
    await own.line(/Stopping/)
    let rows = -1
    for await (const chunk of response) for (const byte of chunk) if (byte === 10) rows += 1
    expect(rows).toBe(1_000_000)
    expect(await exited).toBe(0)
  })
})

describe('what goes wrong', () => {
  it('is a page for a browser', async () => {
    const { status, headers, text } = await kirin.fetch('/nowhere', { headers: { accept: 'text/html' } })
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(text).toContain('<h1>404</h1>')
  })

  it('is JSON for the API', async () => {
    const { status, json } = await kirin.fetch('/api/nothing')
    expect([status, json()]).toEqual([404, { error: 'There is nothing here' }])
  })

  it('is no insight into the shop when it is a bug', async () => {
    const { status, text } = await kirin.fetch('/api/broken')
    expect(status).toBe(500)
    expect(text).not.toMatch(/purpose|\.js/)
    await kirin.line(/Error: This page is broken on purpose/)
  })

  it('is noted by morgan, who heard the end of the response', async () => {
    await kirin.fetch('/api/none/of/this')
    const [, duration] = await kirin.line(/^GET \/api\/none\/of\/this 404 ([\d.]+) ms$/)
    expect(Number(duration)).toBeGreaterThan(0)
  })
})
