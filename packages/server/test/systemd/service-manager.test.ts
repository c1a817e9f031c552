import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Notifier, watchdogInterval } from '../../src/systemd/notifier.ts'
import { bindAddress } from '../../src/transport/bind.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, startKirin, startServing } from '../support/kirin-process.ts'
import { canReceiveDatagrams, NotifyReceiver } from '../support/notify-receiver.ts'

const itWithDatagrams = canReceiveDatagrams ? it : it.skip

describe('a service manager', () => {
  it('hears of a life in order: ready with the first worker, reloads that fail and succeed, the stop', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const receiver = NotifyReceiver.commands(cwd)
    const { kirin, origin } = await startServing(['-w', '2', 'app.mjs'], { cwd, env: receiver.env })
    expect(await receiver.message(/^READY=1/)).toBe(`READY=1\tMAINPID=${kirin.pid}\tSTATUS=Listening at ${origin}`)
    writeFileSync(join(cwd, 'app.mjs'), 'throw new Error("not today")')
    kirin.signal('SIGHUP')
    expect(await receiver.message(/^RELOADING=1/)).toMatch(/^RELOADING=1\tMONOTONIC_USEC=\d+\tSTATUS=Reloading: /)
    await receiver.message(/^READY=1\tSTATUS=Reload failed, the old workers go on \(\d\): .*not today/)
    const told = receiver.messages.length
    writeFileSync(join(cwd, 'app.mjs'), HELLO)
    kirin.signal('SIGHUP')
    await receiver.message(/^READY=1\tSTATUS=Reloaded: /, told)
    const before = receiver.messages.length
    writeFileSync(join(cwd, 'kirin.config.json'), '{ "wrokers": 1 }')
    kirin.signal('SIGHUP')
    await receiver.message(/^READY=1\tSTATUS=Reload refused, .*wrokers/, before)
    kirin.signal('SIGTERM')
    await receiver.message(/^STOPPING=1\tSTATUS=Stopping: \d workers/)
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    const states = receiver.messages.flatMap(message => /^(?:READY|RELOADING|STOPPING)/.exec(message) ?? [])
    expect(states).toEqual(['READY', 'RELOADING', 'READY', 'RELOADING', 'READY', 'RELOADING', 'READY', 'STOPPING'])
  })

  it('hears of an upgrade who the service is from then on, and of no stop', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const receiver = NotifyReceiver.commands(cwd)
    const { kirin } = await startServing(['app.mjs'], { cwd, env: receiver.env })
    await receiver.message(new RegExp(`^READY=1\tMAINPID=${kirin.pid}\t`))
    kirin.signal('SIGUSR2')
    await kirin.line(/The new master serves as well/)
    const next = await receiver.message(new RegExp(`^READY=1\tMAINPID=(?!${kirin.pid}\t)`))
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    const successor = Number(/MAINPID=(\d+)/.exec(next)?.[1])
    process.kill(successor, 'SIGTERM')
    await kirin.allGone()
    const stops = receiver.messages.filter(message => message.startsWith('STOPPING'))
    expect(stops).toHaveLength(1)
  })

  itWithDatagrams('hears it over its socket, and is assured that all is well', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const receiver = await NotifyReceiver.datagrams(cwd)
    const env = { ...receiver.env, WATCHDOG_USEC: '200000' }
    const { kirin, origin } = await startServing(['app.mjs'], { cwd, env })
    expect(await receiver.message(/^READY=1/)).toBe(`READY=1\tMAINPID=${kirin.pid}\tSTATUS=Listening at ${origin}`)
    await receiver.message(/^WATCHDOG=1$/)
    await receiver.message(/^WATCHDOG=1$/, receiver.messages.length)
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(receiver.messages).toContain('STOPPING=1\tSTATUS=Stopping: 1 worker may finish running requests')
  })

  it('that cannot be told is no reason not to serve: one line says so', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO, 'systemd-notify': '' })
    const env = { NOTIFY_SOCKET: '/nowhere', PATH: cwd }
    const { kirin, origin } = await startServing(['app.mjs'], { cwd, env })
    expect((await get('/', { origin })).status).toBe(200)
    await kirin.line(/The service manager cannot be told \(NOTIFY_SOCKET, systemd-notify\): /)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr.match(/cannot be told/g)).toHaveLength(1)
  })

  it('misses a message that the system takes for no command, and hears the next', async () => {
    const directory = applicationDirectory({})
    const receiver = NotifyReceiver.commands(directory)
    const told: string[] = []
    const log = { warn: (line: string) => told.push(line) } as unknown as Parameters<typeof Notifier.of>[0]['log']
    const command = join(directory, 'systemd-notify')
    const notifier = Notifier.of({ environment: receiver.env, log, command }) as Notifier
    await notifier.send([`STATUS=${'a'.repeat(1_000_000)}`])
    await notifier.send(['READY=1'])
    await receiver.message(/^READY=1$/)
    expect(told).toEqual([expect.stringMatching(/cannot be told .*: spawn E2BIG$/)])
  })
})

describe('the watchdog', () => {
  it('is spoken to at half of its interval, if it is meant for this process', () => {
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000' }, 7)).toBe(15_000)
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 7)).toBe(15_000)
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, 7)).toBeUndefined()
    expect(watchdogInterval({ WATCHDOG_USEC: '0' }, 7)).toBeUndefined()
    expect(watchdogInterval({}, 7)).toBeUndefined()
  })

  it('hears nothing while the service is not well', async () => {
    const directory = applicationDirectory({})
    const receiver = NotifyReceiver.commands(directory)
    const environment = { ...receiver.env, WATCHDOG_USEC: '2000' }
    const log = { warn: () => undefined } as unknown as Parameters<typeof Notifier.of>[0]['log']
    const notifier = Notifier.of({ environment, log, command: join(directory, 'systemd-notify') }) as Notifier
    let asked = 0
    notifier.guard(process.pid, () => ++asked > 3)
    await receiver.message(/^WATCHDOG=1$/)
    expect(asked).toBeGreaterThan(3)
    await notifier.close()
  })
})

/** Starts the command behind it with these descriptors as systemd does: LISTEN_PID is set by the process that becomes it. */
const LAUNCHER = `LISTEN_PID=$$ LISTEN_FDS=$1 LISTEN_FDNAMES=$2 && export LISTEN_PID LISTEN_FDS LISTEN_FDNAMES && shift 2 && exec "$@"`

describe('socket activation', () => {
  it('serves on what was passed, and leaves it to its owner when it stops', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const owned = await bindAddress({ type: 'tcp', host: '127.0.0.1', port: 0 })
    for (const round of [1, 2]) {
      const kirin = startKirin(['--bind', '127.0.0.1:1', 'app.mjs'], {
        cwd,
        descriptors: [owned.fd],
        launcher: ['sh', '-c', LAUNCHER, 'sh', '1', 'web'],
      })
      await kirin.line(/Using the sockets that were passed, instead of --bind: fd 3 \(web\)/)
      await kirin.line(new RegExp(`Listening at ${owned.url}$`))
      expect((await get('/', { origin: owned.url })).body).toBe('hello')
      kirin.signal('SIGTERM')
      expect({ round, ...(await kirin.exited()) }).toEqual({ round, code: 0, signal: null })
    }
    owned.close()
  })

  it('that promises what is not there is told in one line', async () => {
    const launcher = ['sh', '-c', LAUNCHER, 'sh', '1', 'web']
    const kirin = startKirin(['app.mjs'], { cwd: applicationDirectory({ 'app.mjs': HELLO }), launcher })
    expect(await kirin.exited()).toEqual({ code: 2, signal: null })
    await kirin.allGone()
    expect(kirin.stderr).toMatch(/\[FATAL\] cannot listen on fd:\/\/3: /)
  })
})
