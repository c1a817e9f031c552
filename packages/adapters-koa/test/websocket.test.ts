import { describe, expect, it } from '@jest/globals'
import { runKirin } from '../../adapters-node/test/support/servers.ts'
import { behavesAsWebSockets } from '../../adapters-node/test/support/websocket-behaviour.ts'

const application = new URL('fixtures/websocket.mjs', import.meta.url)

describe('a program with ws beside a Koa application, on kirin', () => {
  behavesAsWebSockets(() => runKirin(application))

  it('is served by Koa for ordinary requests', async () => {
    const { port, stop } = await runKirin(application)
    const answers = ['/koa', '/other'].map(async path => (await fetch(`http://127.0.0.1:${port}${path}`)).text())
    expect(await Promise.all(answers)).toEqual(['koa', 'GET /other'])
    await stop()
  })
})
