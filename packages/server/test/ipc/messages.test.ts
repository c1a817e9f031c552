import { describe, expect, it } from '@jest/globals'
import { envelop, readFromWorker, readToWorker } from '../../src/ipc/messages.ts'
import { tlsMaterial } from '../support/certificates.ts'

describe('messages', () => {
  it('arrive as they were sent', () => {
    const failed = { type: 'failed', failure: { message: 'm', detail: null, exitCode: 4 } } as const
    expect(readFromWorker(JSON.parse(JSON.stringify(envelop(failed))))).toMatchObject(failed)
    const spent = { type: 'spent', reason: 'has served enough' } as const
    expect(readFromWorker(envelop(spent))).toMatchObject(spent)
    expect(readToWorker(envelop({ type: 'reopen-logs' }))).toMatchObject({ type: 'reopen-logs' })
    const renew = { type: 'renew-tls', tls: tlsMaterial(['server', 'shop']) } as const
    expect(readToWorker(JSON.parse(JSON.stringify(envelop(renew))))).toMatchObject(renew)
  })

  it.each([
    'ready',
    null,
    undefined,
    7,
    {},
    { type: 'ready' },
    { kirin: 1, type: 'reload' },
    { kirin: 1, type: 'failed' },
  ])('are not made of what an application may send over the same channel: %j', message => {
    expect(readFromWorker(message)).toBeUndefined()
    expect(readToWorker(message)).toBeUndefined()
  })
})
