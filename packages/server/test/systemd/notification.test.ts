import { describe, expect, it } from '@jest/globals'
import type { Notice } from '../../src/arbiter/model.ts'
import { notificationOf } from '../../src/systemd/notification.ts'

const FAILURE = { message: 'app.js is\nbroken', detail: null, exitCode: 4 }
const REFUSED = 'STATUS=Reload refused, the old configuration and 2 workers go on: workers: expected a number'
const moment = { now: 5_000_999n, pid: 70, urls: ['http://127.0.0.1:8000'], pidOf: (id: number) => 100 + id }

describe('notificationOf', () => {
  it.each<[Notice, ...(readonly (readonly string[])[])]>([
    [{ kind: 'serving' }, ['READY=1', 'MAINPID=70', 'STATUS=Listening at http://127.0.0.1:8000']],
    [
      { kind: 'reloading', workers: 2 },
      ['RELOADING=1', 'MONOTONIC_USEC=5000', 'STATUS=Reloading: new workers take the place of 2 workers, one by one'],
    ],
    [{ kind: 'reloaded', workers: 2 }, ['READY=1', 'STATUS=Reloaded: 2 workers ready']],
    [
      { kind: 'reload-failed', failure: FAILURE, workers: 2 },
      ['READY=1', 'STATUS=Reload failed, the old workers go on (2): app.js is broken'],
    ],
    [
      { kind: 'reload-cut' },
      ['READY=1', 'STATUS=Reload cut short by WINCH: workers that are started from now on have the new version'],
    ],
    [
      { kind: 'misread', problems: ['workers: expected a number'], workers: 2 },
      ['RELOADING=1', 'MONOTONIC_USEC=5000', REFUSED],
      ['READY=1', REFUSED],
    ],
    [
      { kind: 'upgrade-ended', ending: 'exited with code 4', wasReady: false, goesOn: true },
      [
        'READY=1',
        'MAINPID=70',
        'STATUS=Upgrade failed, this master and its workers go on: the new master exited with code 4',
      ],
    ],
    [
      { kind: 'upgrade-ended', ending: 'exited with code 4', wasReady: true, goesOn: false },
      ['STOPPING=1', 'MAINPID=70', 'STATUS=The new master exited with code 4, and this one stops as it was told to'],
    ],
    [
      { kind: 'stopping', graceful: true, workers: 1 },
      ['STOPPING=1', 'STATUS=Stopping: 1 worker may finish running requests'],
    ],
    [
      { kind: 'died', id: 3, slot: 1, ending: 'was killed by SIGKILL', retryIn: 0 },
      ['STATUS=Worker 1 (pid 103) was killed by SIGKILL; a new one starts at once'],
    ],
  ])('of %j', (notice, ...messages) => {
    expect(notificationOf(notice, moment)).toEqual(messages)
  })

  it('cuts what is too long for a command', () => {
    const failure = { ...FAILURE, message: 'a'.repeat(1_000_000) }
    const [[ready, status = ''] = []] = notificationOf({ kind: 'reload-failed', failure, workers: 2 }, moment)
    expect(ready).toBe('READY=1')
    expect(status).toMatch(/^STATUS=Reload failed, the old workers go on \(2\): a+$/)
    expect(status.length).toBeLessThan(2_000)
  })

  it.each<Notice>([
    { kind: 'booting', id: 1, slot: 0 },
    { kind: 'ready', id: 1, slot: 0 },
    { kind: 'left', id: 1, slot: 0, ending: 'exited with code 0' },
    { kind: 'stopped', endings: { left: 1, killed: 0 }, took: 5 },
  ])('has nothing to tell of %j: READY is for a server that serves', notice => {
    expect(notificationOf(notice, moment)).toEqual([])
  })
})
