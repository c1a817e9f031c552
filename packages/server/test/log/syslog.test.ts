import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, closeSync, openSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Syslog } from '../../src/log/syslog.ts'
import { parseSyslogTarget } from '../../src/log/syslog-target.ts'
import { findProgram } from '../support/available.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, childrenOf, HELLO, startServing, titleOf } from '../support/kirin-process.ts'
import { NotifyReceiver } from '../support/notify-receiver.ts'

/** RFC 5424 §6, as far as Kirin uses it. */
const MESSAGE = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\d+) (access|error) - (.*)$/s

async function udpReceiver() {
  const socket = createSocket('udp4')
  const messages: string[] = []
  let changed: () => void = () => undefined
  socket.on('message', message => {
    messages.push(String(message))
    changed()
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const message = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = messages.find(one => pattern.test(one))
      if (found !== undefined) return found
      await new Promise<void>(resolve => {
        changed = resolve
      })
    }
  }
  return { port: socket.address().port, message, messages, close: () => socket.close() }
}

const itWithDatagramPaths = findProgram('logger') && findProgram('python3') ? it : it.skip

/** The processes of that name that this one has started. */
function children(name: string): readonly number[] {
  return childrenOf(process.pid).filter(pid => titleOf(pid).startsWith(name))
}

describe('a message for syslog', () => {
  it('has a priority, a time, a name and the text on one line', async () => {
    const receiver = await udpReceiver()
    const syslog = new Syslog({
      target: { type: 'udp', host: '127.0.0.1', port: receiver.port },
      name: 'kirin.shop',
      facility: 16,
    })
    syslog.send(3, 'error', 'it broke\n    at line 1\n')
    const [, priority, time, , name, pid, kind, text] = MESSAGE.exec(await receiver.message(/broke/)) ?? []
    expect({ priority, name, pid, kind, text }).toEqual({
      priority: String(16 * 8 + 3),
      name: 'kirin.shop',
      pid: String(process.pid),
      kind: 'error',
      text: 'it broke     at line 1',
    })
    expect(new Date(time as string).toISOString()).toBe(time)
    syslog.close()
    receiver.close()
  })

  it('finds a receiver by its name', async () => {
    const receiver = await udpReceiver()
    const target = { type: 'udp', host: 'localhost', port: receiver.port } as const
    const syslog = new Syslog({ target, name: 'kirin', facility: 1 })
    for (const text of ['one', 'two']) syslog.send(6, 'error', text)
    expect(await receiver.message(/one$/)).toMatch(/kirin \d+ error - one$/)
    expect(await receiver.message(/two$/)).toMatch(/kirin \d+ error - two$/)
    syslog.close()
    receiver.close()
  })

  it.each(['tcp', 'unix'] as const)('has its length before it in a stream: %s', async type => {
    const server = createServer()
    const path = join(applicationDirectory({}), 'log.sock')
    await new Promise<void>(resolve =>
      type === 'unix' ? server.listen(path, resolve) : server.listen(0, '127.0.0.1', resolve),
    )
    const { port } = (type === 'unix' ? { port: 0 } : server.address()) as { port: number }
    const target = type === 'unix' ? ({ type, path } as const) : ({ type, host: '127.0.0.1', port } as const)
    const connected = once(server, 'connection') as Promise<[Socket]>
    const syslog = new Syslog({ target, name: 'kirin', facility: 1 })
    syslog.send(6, 'access', 'GET /ä')
    const [socket] = await connected
    let received = Buffer.alloc(0)
    const isWhole = () => /^(\d+) /.test(received.toString()) && received.includes('ä')
    while (!isWhole()) received = Buffer.concat([received, ((await once(socket, 'data')) as [Buffer])[0]])
    const [head = '', length] = /^(\d+) /.exec(received.toString('latin1')) ?? []
    expect(received.length - head.length).toBe(Number(length))
    expect(received.subarray(head.length).toString()).toMatch(MESSAGE)
    syslog.close()
    socket.destroy()
    server.close()
  })

  itWithDatagramPaths(
    'reaches a socket that takes datagrams by the command logger, and by another one when that has gone',
    async () => {
      const receiver = await NotifyReceiver.datagrams(applicationDirectory({}))
      const syslog = new Syslog({
        target: { type: 'unix', path: receiver.env['NOTIFY_SOCKET'] as string },
        name: 'kirin',
        facility: 1,
      })
      // What is written before the command runs is lost.
      const timer = setInterval(() => syslog.send(6, 'error', 'hello'), 50)
      expect(await receiver.message(/hello/)).toMatch(/kirin \d+ error - hello/)
      const [command = 0, ...others] = children('logger')
      expect(others).toEqual([])
      process.kill(command, 'SIGKILL')
      while (children('logger').includes(command)) await new Promise(resolve => setImmediate(resolve))
      await receiver.message(/hello/, receiver.messages.length)
      expect(children('logger')).toHaveLength(1)
      clearInterval(timer)
      syslog.close()
    },
  )
})

describe('parseSyslogTarget', () => {
  it.each([
    ['udp://localhost:5140', { type: 'udp', host: 'localhost', port: 5140 }],
    ['tcp://[::1]:601', { type: 'tcp', host: '::1', port: 601 }],
    ['udp://log.example', { type: 'udp', host: 'log.example', port: 514 }],
    ['unix:///dev/log', { type: 'unix', path: '/dev/log' }],
    ['unix:///dev/log#dgram', { type: 'unix', path: '/dev/log' }],
  ])('reads %s', (text, target) => {
    expect(parseSyslogTarget(text)).toEqual(target)
  })

  it.each(['', 'localhost:514', 'udp://', 'udp://x:0', 'udp://x:70000', 'unix://relative', 'http://x:1'])(
    'does not read %j',
    text => expect(parseSyslogTarget(text)).toBeUndefined(),
  )
})

describe('kirin with syslog and statsd', () => {
  it('says when the name of a receiver is unknown', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const words = ['--statsd-host', 'numbers.invalid:8125', '--log-syslog-to', 'tcp://lines.invalid']
    const { kirin } = await startServing([...words, 'app.mjs'], { cwd })
    await kirin.line(/WARN\] --statsd-host: numbers\.invalid cannot be found \(\w+\): what is sent there is lost/)
    await kirin.line(/WARN\] --log-syslog-to: lines\.invalid cannot be found \(\w+\): what is sent there is lost/)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  itWithDatagramPaths('serves on when the command logger cannot be started, and tries again', async () => {
    const receiver = await NotifyReceiver.datagrams(applicationDirectory({}))
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'bin/logger': '' })
    // The system runs no program that somebody is writing, which Node throws instead of emitting it.
    const file = openSync(join(cwd, 'bin/logger'), 'r+')
    chmodSync(join(cwd, 'bin/logger'), 0o755)
    const { kirin, origin } = await startServing(
      ['--log-syslog-to', `unix://${receiver.env['NOTIFY_SOCKET']}`, 'app.mjs'],
      { cwd, env: { PATH: `${join(cwd, 'bin')}:${process.env['PATH']}` } },
    )
    await kirin.line(/Worker 0 is ready/)
    expect((await get('/', { origin })).body).toBe('hello')
    closeSync(file)
    rmSync(join(cwd, 'bin/logger'))
    const timer = setInterval(() => kirin.signal('SIGUSR1'), 50)
    await receiver.message(/Reopening the logs/)
    clearInterval(timer)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })

  it('sends both logs to the one, and counts requests, workers and lines for the other', async () => {
    const [syslog, statsd] = [await udpReceiver(), await udpReceiver()]
    const cwd = applicationDirectory({
      'app.mjs': `export default ({ path }) => { if (path === '/fail') throw new Error('on purpose'); return { status: 204 } }`,
    })
    const toSyslog = ['--log-syslog-to', `udp://127.0.0.1:${syslog.port}`, '--log-syslog-prefix', 'shop']
    const toStatsd = [
      '--statsd-host',
      `127.0.0.1:${statsd.port}`,
      '--statsd-prefix',
      'shop',
      '--dogstatsd-tags',
      'env:test,a:b',
    ]
    const { kirin, origin } = await startServing(
      [...toSyslog, '--log-syslog-facility', 'local0', ...toStatsd, 'app.mjs'],
      { cwd },
    )
    await get('/fine?x', { origin })
    await get('/fail', { origin })
    expect(await syslog.message(/"GET \/fine\?x HTTP\/1\.1" 204/)).toMatch(/^<134>1 \S+ \S+ kirin\.shop \d+ access - /)
    expect(await syslog.message(/the application failed/)).toMatch(
      /^<131>1 \S+ \S+ kirin\.shop \d+ error - \[ERROR\] the application failed/,
    )
    expect(await syslog.message(/Worker 0 is ready/)).toMatch(/^<134>1 .* error - \[INFO\] Worker 0 is ready/)
    for (const line of [
      /^shop\.requests:1\|c\|#env:test,a:b$/m,
      /^shop\.request\.status\.204:1\|c\|#env:test,a:b$/m,
      /^shop\.request\.status\.500:1\|c\|#/m,
      /^shop\.request\.duration:\d+\.\d{3}\|ms\|#/m,
      /^shop\.log\.error:1\|c\|#/m,
      /^shop\.log\.exception:1\|c\|#/m,
      /^shop\.workers:1\|g\|#/m,
    ])
      await statsd.message(line)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    for (const receiver of [syslog, statsd]) receiver.close()
  })
})
