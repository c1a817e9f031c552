// What is no server gets a clear verdict in bounded time.
import { describe, expect, it, jest } from '@jest/globals'
import { conformance } from './cli-process.ts'
import { badServer } from './commands.ts'

jest.setTimeout(60_000)

const EXPECTED: readonly (readonly [kind: string, words: RegExp])[] = [
  ['garbage', /this is no status line[^]*SSH-2\.0-not-http/],
  ['hangs', /nothing came for .* s where a status line was due/],
  [
    'closes',
    /the (?:server closed the )?connection (?:was reset )?.*before a status line|reset the connection before a status line/,
  ],
  ['resets', /the server reset the connection before a status line/],
  ['endless', /a status line is no line that ends in CRLF/],
  ['stalls', /nothing came for .* s where a field or the end of the head was due/],
  ['short', /the server closed the connection before the whole body/],
  ['twice', /the field content-length came 2 times/],
  ['other', /answered with 200, not by the probe application/],
  ['exits', /the server ended \(exit code 7\) before it answered/],
  ['never', /the server accepted no connection within 2 s/],
]

describe('nsgi-conformance server', () => {
  it.each(EXPECTED)('says what is wrong with a server that %s', async (kind, words) => {
    const { code, stdout, stderr } = await conformance('server', '--command', badServer(kind), '--start-timeout', '2')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(words)
    expect(stdout).toMatch(/and \d+ more cases/)
    expect(stdout).toMatch(/^failed: \d+ failed/m)
  })

  it('starts one again that ends after each answer, a few times, and says so', async () => {
    const { code, stdout, stderr } = await conformance('server', '--command', badServer('once'), '--start-timeout', '2')
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/the server ended \(exit code 3\)|the server does not accept connections/)
    expect(stdout).toMatch(/the server ended \d+ times; it is not started again/)
    expect(stdout).toMatch(/^failed: (\d+ passed, )?\d+ failed/m)
  })

  it('says so where the command does not exist', async () => {
    const { code, stdout } = await conformance('server', '--command', 'no-such-command-at-all {app} {port}')
    expect(code).toBe(1)
    expect(stdout).toMatch(/the server ended \(exit code 127\)/)
  })
})
