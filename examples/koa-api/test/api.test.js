import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { KirinProcess } from '../../express-shop/test/kirin-process.js'

let kirin
beforeAll(async () => {
  kirin = await KirinProcess.start({ folder: fileURLToPath(new URL('..', import.meta.url)) })
})
afterAll(() => kirin.stop())

describe('the text tools', () => {
  it('are a Koa application that Kirin recognised', async () => {
    const [line] = await kirin.line(/Koa application.*@nsgi\/adapters-koa/)
    expect(line).toContain('served through')
  })

  it('count', async () => {
    const { status, json } = await kirin.post('/api/count', { text: 'grüne 🍵\ntea' })
    expect([status, json()]).toEqual([200, { characters: 11, words: 3, lines: 2 }])
  })

  it('make slugs', async () => {
    expect((await kirin.post('/api/slug', { text: ' Crème brûlée, twice! ' })).json()).toEqual({
      slug: 'creme-brulee-twice',
    })
  })

  it.each([
    ['no text', '/api/count', {}, 422, /Send/],
    ['broken JSON', '/api/count', '{"text":', 400, /JSON/],
    ['too much', '/api/count', { text: 'x'.repeat(200_000) }, 413, /too large/],
    ['what there is not', '/api/nothing', {}, 404, /nothing here/],
  ])('refuse %s', async (_what, path, body, status, message) => {
    const answer = await kirin.post(path, body)
    expect([answer.status, answer.json()]).toEqual([status, { error: expect.stringMatching(message) }])
  })

  it('know their methods', async () => {
    expect((await kirin.fetch('/api/count')).status).toBe(405)
  })

  it('give no insight when there is a bug, and log it', async () => {
    const { status, text } = await kirin.fetch('/api/broken')
    expect([status, text]).toEqual([500, '{"error":"Something went wrong"}'])
    expect((await kirin.line(/This is broken on purpose/))[0]).toBeTruthy()
  })
})
