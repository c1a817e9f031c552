// The real HAProxy in front of the real kirin, with the configurations of docs/deployment.md.
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { findProgram } from '../support/available.ts'
import { certificateFile } from '../support/certificates.ts'
import { deploymentSnippets, replaced, startHaproxy } from '../support/daemon.ts'
import { freePort } from '../support/raw-client.ts'
import { CLIENT_ADDRESS, ProxyClient, startBehind } from './application.ts'

const haproxy = findProgram('haproxy')
const [forHttp = '', forConnections = '', forSecureConnections = ''] = deploymentSnippets('haproxy')
const CERTIFICATE = ['--certfile', certificateFile('server.pem'), '--keyfile', certificateFile('server.key')]

/** HAProxy on a free port, with that in place of what the page names. */
async function inFront(configuration: string, replacements: Readonly<Record<string, string>>): Promise<ProxyClient> {
  const port = await freePort()
  await startHaproxy(
    haproxy as string,
    replaced(configuration, { 'bind :443': `bind 127.0.0.1:${port}`, ...replacements }),
  )
  return new ProxyClient(port)
}

async function behindHttp(): Promise<ProxyClient> {
  const { port } = await startBehind('--bind', '127.0.0.1:0')
  return inFront(forHttp, { '127.0.0.1:8000': `127.0.0.1:${port}` })
}

async function behindConnections(version: 'v1' | 'v2', ...args: readonly string[]): Promise<ProxyClient> {
  const { port } = await startBehind('--bind', '127.0.0.1:0', ...CERTIFICATE, ...args)
  return inFront(forConnections, {
    '127.0.0.1:8443': `127.0.0.1:${port}`,
    'send-proxy-v2': version === 'v2' ? 'send-proxy-v2' : 'send-proxy',
  })
}

const describeHaproxy = haproxy === undefined ? describe.skip : describe

describeHaproxy(`kirin behind HAProxy${haproxy === undefined ? ' (skipped: HAProxy is not installed)' : ''}`, () => {
  it('as a proxy for HTTP, tells the application what it saw, whatever the client says', async () => {
    const client = await behindHttp()
    const seen = { scheme: 'https', authority: 'shop.example', address: CLIENT_ADDRESS, port: null }
    expect(await client.where()).toEqual({ ...seen, for: CLIENT_ADDRESS })
    const spoofed = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'http',
      forwarded: 'for=6.6.6.6;host=evil.example',
    }
    expect(await client.where(spoofed)).toEqual({ ...seen, for: `6.6.6.6, ${CLIENT_ADDRESS}` })
  })

  it('as a proxy for HTTP, passes uploads, downloads, streams and WebSockets', async () => {
    const client = await behindHttp()
    expect(await client.uploads(3_000_000)).toBe(true)
    expect(await client.downloads()).toBe(true)
    expect(await client.pieces()).toEqual(['first\n', 'second\n'])
    expect(await client.echo()).toBe('ping')
  })

  it.each(['v1', 'v2'] as const)(
    'as a proxy for connections, names the client by PROXY %s before TLS',
    async version => {
      const client = await behindConnections(version, '--proxy-protocol', version)
      // What the client forwards itself is of no effect: it is not the proxy that wrote it.
      expect(await client.where({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http' })).toEqual({
        scheme: 'https',
        authority: 'shop.example',
        address: CLIENT_ADDRESS,
        port: expect.any(Number),
        for: '6.6.6.6',
      })
      expect(await client.uploads(3_000_000)).toBe(true)
      expect(await client.downloads()).toBe(true)
      expect(await client.echo()).toBe('ping')
    },
  )

  it('as a proxy for connections, names the client of HTTP/2, too', async () => {
    const client = await behindConnections('v2', '--proxy-protocol', 'auto')
    expect(await client.whereOverHttp2({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http' })).toEqual({
      scheme: 'https',
      authority: 'shop.example',
      address: CLIENT_ADDRESS,
      port: expect.any(Number),
      for: '6.6.6.6',
    })
  })

  it('as a proxy for HTTP that speaks HTTP/2 to kirin, tells the application what it saw', async () => {
    const { port } = await startBehind('--bind', '127.0.0.1:0')
    const client = await inFront(forHttp, { '127.0.0.1:8000': `127.0.0.1:${port} proto h2` })
    const seen = { scheme: 'https', authority: 'shop.example', address: CLIENT_ADDRESS, port: null }
    expect(await client.where()).toEqual({ ...seen, for: CLIENT_ADDRESS })
    expect(await client.uploads(3_000_000)).toBe(true)
    expect(await client.downloads()).toBe(true)
  })

  it('can use a UNIX socket with PROXY headers, and check it', async () => {
    const { directory, kirin } = await startBehind(
      '--bind',
      'unix:kirin.sock',
      '--proxy-protocol',
      '--forwarded-allow-ips=',
    )
    const client = await inFront(forHttp, {
      '127.0.0.1:8000': `unix@${join(directory, 'kirin.sock')} send-proxy-v2 check inter 50ms`,
    })
    expect(await client.where()).toMatchObject({ address: CLIENT_ADDRESS, port: expect.any(Number), scheme: 'http' })
    expect(kirin.stderr).not.toContain('closed a connection')
  })

  it('tells by PROXY v2 that it took TLS off, where kirin speaks none', async () => {
    const { port } = await startBehind('--bind', '127.0.0.1:0', '--proxy-protocol', 'v2')
    const client = await inFront(forSecureConnections, { '127.0.0.1:8000': `127.0.0.1:${port}` })
    expect(await client.where({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'http' })).toEqual({
      scheme: 'https',
      authority: 'shop.example',
      address: CLIENT_ADDRESS,
      port: expect.any(Number),
      for: '6.6.6.6',
    })
    expect(await client.uploads(3_000_000)).toBe(true)
    expect(await client.echo()).toBe('ping')
  })

  it('is refused where the versions differ or its address may send none', async () => {
    for (const args of [
      ['--proxy-protocol', 'v1'],
      ['--proxy-protocol', 'v2', '--proxy-allow-ips', '10.0.0.1'],
    ]) {
      const client = await behindConnections('v2', ...args)
      await expect(client.where()).rejects.toMatchObject({ code: 'ECONNRESET' })
    }
  })
})
