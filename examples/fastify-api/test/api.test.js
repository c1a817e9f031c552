import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { KirinProcess } from '../../express-shop/test/kirin-process.js'

let kirin
beforeAll(async () => {
  kirin = await KirinProcess.start({ folder: fileURLToPath(new URL('..', import.meta.url)) })
})
afterAll(() => kirin.stop())

describe('the distances', () => {
  it('come from a Fastify application that Kirin recognised, and that is ready before it serves', async () => {
    const [line] = await kirin.line(/Fastify application.*@nsgi\/adapters-fastify/)
    expect(line).toContain('served through')
    expect((await kirin.line(/(\d) places are known/))[1]).toBe('3')
  })

  it('are computed between points and between places', async () => {
    const from = { latitude: 0, longitude: 0 }
    const to = { latitude: 0, longitude: 180 }
    expect((await kirin.post('/distance', { from, to })).json()).toEqual({ kilometres: 20015 })
    expect((await kirin.fetch('/distance/lisbon/lisbon')).json()).toEqual({ kilometres: 0 })
    const there = (await kirin.fetch('/distance/kyoto/nairobi')).json().kilometres
    expect(there).toBe((await kirin.fetch('/distance/nairobi/kyoto')).json().kilometres)
    expect(there).toBeGreaterThan(10_000)
  })

  it.each([
    [
      'a point that is none',
      { from: { latitude: 91, longitude: 0 }, to: { latitude: 0, longitude: 0 } },
      /must be <= 90/,
    ],
    ['half a question', { from: { latitude: 1, longitude: 0 } }, /required property 'to'/],
    ['broken JSON', '{', /JSON/],
  ])('refuse %s', async (_what, body, message) => {
    const answer = await kirin.post('/distance', body)
    expect([answer.status, answer.json().message]).toEqual([400, expect.stringMatching(message)])
  })

  it('know no Atlantis', async () => {
    const { status, json } = await kirin.fetch('/distance/kyoto/atlantis')
    expect([status, json()]).toEqual([404, { error: 'No such place' }])
  })

  it('close what they opened when the server stops', async () => {
    const own = await KirinProcess.start({ folder: fileURLToPath(new URL('..', import.meta.url)) })
    expect(await own.stop()).toBe(0)
    expect(own.log).toContain('The places are closed')
  })
})
