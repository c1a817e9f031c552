// The settings for proxies, from the command line to the request.
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { applicationDirectory, startKirin, startServing } from '../support/kirin-process.ts'
import { get } from '../support/memory-client.ts'
import { RawClient } from '../support/raw-client.ts'

const APPLICATION = `
export default ({ scheme, authority, remote }) => ({ status: 200, body: [scheme, authority, remote.address, remote.port].join(' ') })
`
const FIELDS = ['X-Forwarded-For: 203.0.113.9:4711', 'X-Forwarded-Proto: https', 'X-Forwarded-Host: shop.example']

async function answer(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
  const { origin } = await startServing([...args, 'app.mjs'], { cwd, env })
  const response = await fetch(origin, {
    headers: Object.fromEntries(FIELDS.map(line => line.split(/: /) as [string, string])),
  })
  return response.text()
}

describe('kirin behind a proxy on the same machine', () => {
  it('believes it about the client and the scheme without being told', async () => {
    expect(await answer([])).toMatch(/^https 127\.0\.0\.1:\d+ 203\.0\.113\.9 4711$/)
  })

  it('believes it about the host when told', async () => {
    expect(await answer(['--forwarder-headers', 'x-forwarded-for,X-Forwarded-Host'])).toBe(
      'https shop.example 203.0.113.9 4711',
    )
  })

  it.each([
    ['an empty list', ['--forwarded-allow-ips='], {}],
    ['a list without it', ['--forwarded-allow-ips', '10.0.0.0/8,::1'], {}],
    ['gunicorn’s variable', [], { FORWARDED_ALLOW_IPS: '10.0.0.0/8' }],
  ])('does not believe it with %s', async (_, args, env) => {
    expect(await answer(args, env)).toMatch(/^http 127\.0\.0\.1:\d+ 127\.0\.0\.1 \d+$/)
  })

  it('takes the scheme from the fields that are named', async () => {
    const args = ['--secure-scheme-headers', 'Front-End-Https=on']
    expect(await answer(args)).toMatch(/^http /)
  })

  it.each([
    ['--root-path /api/', '/api/users?x', [], '/api|/users'],
    ['--root-path /api', '/api', [], '/api|'],
    ['--root-path /api', '/apis/users', [], '|/apis/users'],
    ['--root-path /api --forwarder-headers x-forwarded-prefix', '/api/a', ['X-Forwarded-Prefix: /v2'], '/v2|/api/a'],
    ['--forwarder-headers x-forwarded-prefix', '/users', ['X-Forwarded-Prefix: /api'], '/api|/users'],
    ['--forwarder-headers script_name', '/api/users', ['SCRIPT_NAME: /api'], '/api|/users'],
  ])('tells the application where it stands: %s, %s', async (words, path, lines, parts) => {
    const code = `export default ({ mount, path }) => ({ status: 200, body: mount + '|' + path })\n`
    const cwd = applicationDirectory({ 'app.mjs': code })
    const { origin } = await startServing(['--lint', ...words.split(' '), 'app.mjs'], { cwd })
    const response = await fetch(origin + path, {
      headers: Object.fromEntries(lines.map(line => line.split(': ') as [string, string])),
    })
    expect(await response.text()).toBe(parts)
  })

  it('believes peers on a UNIX socket, and writes the client’s address to the access log', async () => {
    const cwd = applicationDirectory({ 'app.mjs': APPLICATION })
    const kirin = startKirin(
      ['-b', 'unix:k.sock', '--access-logfile', '-', '--access-logformat', 'access %(h)s', 'app.mjs'],
      { cwd },
    )
    await kirin.line(/Listening at/)
    const client = await RawClient.open({ path: join(cwd, 'k.sock') })
    expect(await client.send(get('/', ...FIELDS)).until(/4711/)).toMatch(
      /\r\n\r\nhttps example\.org 203\.0\.113\.9 4711$/,
    )
    await client.close()
    kirin.signal('SIGTERM')
    await kirin.allGone()
    expect(kirin.stdout).toBe('access 203.0.113.9\n')
  })
})
