import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { KirinProcess } from '../../express-shop/test/kirin-process.js'

const folder = fileURLToPath(new URL('..', import.meta.url))
let kirin
beforeAll(async () => {
  kirin = await KirinProcess.start({ folder })
})
afterAll(() => kirin.stop())

describe('the world clock', () => {
  it('is a fetch handler that Kirin recognised', async () => {
    const [line] = await kirin.line(/fetch handler.*@nsgi\/adapters-fetch/)
    expect(line).toContain('served through')
  })

  it('is a page, with the fields that its middleware sets', async () => {
    const { status, headers, text } = await kirin.fetch('/')
    expect([status, headers['content-type'], headers['x-content-type-options']]).toEqual([
      200,
      'text/html; charset=UTF-8',
      'nosniff',
    ])
    expect(headers['content-length']).toBe(String(text.length))
  })

  it('tells the time of a city, and knows which there is not', async () => {
    expect((await kirin.fetch('/time/Asia/Tokyo')).json().time).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    const { status, json } = await kirin.fetch('/time/Atlantis/Harbour')
    expect([status, json()]).toEqual([404, { error: 'No such time zone' }])
  })

  it('announces itself to HEAD, and has nothing elsewhere', async () => {
    const { status, bytes } = await kirin.fetch('/', { method: 'HEAD' })
    expect([status, bytes.length, (await kirin.fetch('/nowhere')).status]).toEqual([200, 0, 404])
  })

  it('ticks until the server stops, which is a clean stop then', async () => {
    const own = await KirinProcess.start({ folder })
    const response = await own.open('/ticks')
    expect(response.headers['content-type']).toBe('text/event-stream')
    expect(String((await once(response, 'data'))[0])).toMatch(/^event: tick\ndata: [\dT:.-]+Z\n\n$/)
    const ended = once(response.resume(), 'end')
    const exited = own.stop()
    await ended
    expect([response.complete, await exited]).toEqual([true, 0])
  })
})
