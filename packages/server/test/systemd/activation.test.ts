import { describe, expect, it } from '@jest/globals'
import { passedSockets } from '../../src/systemd/activation.ts'

describe('passedSockets', () => {
  it('counts from descriptor 3 on, with the names that the unit gives', () => {
    const environment = { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:admin' }
    expect(passedSockets(environment, 7)).toEqual({
      sockets: [
        { fd: 3, name: 'web' },
        { fd: 4, name: 'admin' },
      ],
    })
  })

  it('does without names, as systemd does', () => {
    expect(passedSockets({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7)).toEqual({ sockets: [{ fd: 3, name: 'unknown' }] })
  })

  it.each([
    [{}],
    [{ LISTEN_FDS: '1' }],
    [{ LISTEN_PID: '7' }],
    [{ LISTEN_PID: '8', LISTEN_FDS: '1' }],
    [{ LISTEN_PID: '8', LISTEN_FDS: 'nonsense' }],
    [{ LISTEN_PID: '7', LISTEN_FDS: '0' }],
  ])('finds none in %j', environment => {
    expect(passedSockets(environment, 7)).toEqual({ sockets: [] })
  })

  it.each(['', '-1', 'one', '1025', '1e3'])('says what is wrong with LISTEN_FDS=%j', LISTEN_FDS => {
    expect(passedSockets({ LISTEN_PID: '7', LISTEN_FDS }, 7)).toEqual({
      problem: `LISTEN_FDS: expected a whole number from 0 to 1024, got "${LISTEN_FDS}"`,
    })
  })
})
