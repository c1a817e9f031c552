import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from '@jest/globals'
import { ServerProcess } from '../../../src/conformance/server/server-process.ts'
import { expectAlive, SharedProcess } from '../../../src/conformance/server/shared-process.ts'

const started: ServerProcess[] = []

/** Something that runs until it is stopped; what it answers is no matter here. */
async function begin(): Promise<ServerProcess> {
  const server = await ServerProcess.launch({ command: 'sleep 600' })
  started.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(started.splice(0).map(server => server.dispose()))
})

async function die(server: ServerProcess): Promise<void> {
  server.signal('SIGKILL')
  await server.ended()
}

describe('a server that cases share', () => {
  it('is started once, by whoever asks first', async () => {
    const shared = new SharedProcess(begin)
    const [one, other] = await Promise.all([shared.running(), shared.running()])
    expect(one).toBe(other)
    expect(await shared.running()).toBe(one)
    expect(started).toEqual([one])
  })

  it('is stopped with all that it holds', async () => {
    const shared = new SharedProcess(begin)
    const server = await shared.running()
    await shared.dispose()
    started.length = 0
    expect(server.end).toEqual({ code: null, signal: 'SIGTERM' })
    expect(existsSync(server.probe.path)).toBe(false)
  })

  it('is started again where it died, once for all who ask then', async () => {
    const shared = new SharedProcess(begin)
    const dead = await shared.running()
    await die(dead)
    const [one, other] = await Promise.all([shared.running(), shared.running()])
    expect(one).toBe(other)
    expect(started).toEqual([dead, one])
    expect(() => expectAlive(dead)).toThrow('the server ended (SIGKILL) during this case or one beside it')
    expectAlive(one)
  })

  it('is given up when it has died five times', async () => {
    const shared = new SharedProcess(begin)
    for (let count = 0; count < 5; count += 1) await die(await shared.running())
    await expect(shared.running()).rejects.toThrow('the server ended 5 times; it is not started again')
    expect(started).toHaveLength(5)
  })

  it('is not tried again where it could not be started: everybody is told why', async () => {
    let attempts = 0
    const shared = new SharedProcess(() => {
      attempts += 1
      return Promise.reject(new Error('no such command'))
    })
    await expect(shared.running()).rejects.toThrow('no such command')
    await expect(shared.running()).rejects.toThrow('no such command')
    await shared.dispose()
    expect(attempts).toBe(1)
  })
})
