// The real nginx in front of the real kirin, with the configurations of docs/deployment.md.
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { findProgram } from '../support/available.ts'
import { deploymentSnippets, replaced, startNginx } from '../support/daemon.ts'
import { freePort } from '../support/raw-client.ts'
import { CLIENT_ADDRESS, ProxyClient, startBehind } from './application.ts'

const nginx = findProgram('nginx')
const [overUnix = '', withForwarded = ''] = deploymentSnippets('nginx')

/** Over the UNIX socket, as the page has it. */
async function behindUnixSocket(): Promise<ProxyClient> {
  const { directory } = await startBehind('--bind', 'unix:kirin.sock')
  const port = await freePort()
  const http = replaced(overUnix, {
    '/run/shop/kirin.sock': join(directory, 'kirin.sock'),
    'listen 443': `listen 127.0.0.1:${port}`,
  })
  await startNginx(nginx as string, http)
  return new ProxyClient(port)
}

/** Over TCP, with Forwarded; `change` is what the test does otherwise. */
async function behindTcp(
  args: readonly string[],
  change: (configuration: string, kirin: string) => string = same => same,
): Promise<ProxyClient> {
  const { port: kirin } = await startBehind('--bind', '127.0.0.1:0', ...args)
  const port = await freePort()
  const http = replaced(withForwarded, {
    '127.0.0.1:8000': `127.0.0.1:${kirin}`,
    'listen 443': `listen 127.0.0.1:${port}`,
  })
  await startNginx(nginx as string, change(http, `127.0.0.1:${kirin}`))
  return new ProxyClient(port)
}

const FORWARDED = ['--forwarder-headers', 'forwarded', '--secure-scheme-headers=']
const SPOOFED = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-proto': 'http',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-ssl': 'on',
  forwarded: 'for=6.6.6.6;proto=http;host=evil.example',
}

const describeNginx = nginx === undefined ? describe.skip : describe

describeNginx(`kirin behind nginx${nginx === undefined ? ' (skipped: nginx is not installed)' : ''}`, () => {
  it('tells the application what nginx saw, whatever the client says', async () => {
    const client = await behindUnixSocket()
    const seen = {
      scheme: 'https',
      authority: 'shop.example',
      address: CLIENT_ADDRESS,
      port: null,
      for: CLIENT_ADDRESS,
    }
    expect(await client.where()).toEqual(seen)
    expect(await client.where(SPOOFED)).toEqual(seen)
  })

  it('gets uploads and sends downloads whole, and streams without waiting', async () => {
    const client = await behindUnixSocket()
    expect(await client.uploads(3_000_000)).toBe(true)
    expect(await client.downloads()).toBe(true)
    expect(await client.pieces()).toEqual(['first\n', 'second\n'])
  })

  it('takes WebSockets', async () => {
    expect(await (await behindUnixSocket()).echo()).toBe('ping')
  })

  it('REQ-17: reads Forwarded where it is told to, and nothing else then', async () => {
    const client = await behindTcp(FORWARDED)
    const seen = { scheme: 'https', authority: 'shop.example', address: CLIENT_ADDRESS, port: null }
    expect(await client.where()).toEqual(seen)
    expect(await client.where(SPOOFED)).toEqual({ ...seen, for: '6.6.6.6' })
  })

  it('keeps connections to kirin open between requests', async () => {
    // Believed nothing, nginx itself is the peer: its port tells whether it connected anew.
    const client = await behindTcp(['--forwarded-allow-ips='], (configuration, kirin) => {
      const kept = replaced(configuration, { [`proxy_pass http://${kirin}`]: 'proxy_pass http://kept' })
      return `upstream kept { server ${kirin}; keepalive 4; }\n${kept}`
    })
    const [first, second] = [await client.where(), await client.where()] as { address: string; port: number }[]
    expect(first).toMatchObject({ scheme: 'http', address: '127.0.0.1', port: expect.any(Number) })
    expect(second?.port).toBe(first?.port)
  })

  it('is told of the client through two proxies by the address that is not trusted', async () => {
    const client = await behindTcp(['--forwarded-allow-ips', '127.0.0.1,10.0.0.0/8'], configuration =>
      replaced(configuration, {
        'proxy_set_header Forwarded': 'proxy_set_header X-Forwarded-For "6.6.6.6, 203.0.113.9, 10.0.0.1"; #',
      }),
    )
    expect(await client.where()).toMatchObject({ address: '203.0.113.9', scheme: 'http' })
  })

  it('answers 400 where the proxy passes on what contradicts it', async () => {
    const client = await behindTcp([], configuration =>
      replaced(configuration, { 'proxy_set_header Forwarded': 'proxy_set_header X-Forwarded-Proto $scheme; #' }),
    )
    expect(await client.where()).toMatchObject({ scheme: 'https' })
    expect(await client.where({ 'x-forwarded-ssl': 'off' })).toBe(400)
  })
})
