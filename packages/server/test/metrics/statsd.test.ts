import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { Statsd } from '../../src/metrics/statsd.ts'
import { parseStatsdHost } from '../../src/metrics/statsd-address.ts'

describe('Statsd', () => {
  it('gathers lines in datagrams that no network has to cut', async () => {
    const receiver = createSocket('udp4')
    receiver.bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    const datagrams: Buffer[] = []
    receiver.on('message', message => datagrams.push(message))
    const statsd = new Statsd({ host: '127.0.0.1', port: receiver.address().port, prefix: '', tags: [] })
    for (let i = 0; i < 100; i++) statsd.exchange({ status: 200, duration: 1.5 })
    statsd.flush()
    const count = () => datagrams.join('\n').split('\n').length
    while (count() < 300) await once(receiver, 'message')
    expect(Math.max(...datagrams.map(({ length }) => length))).toBeLessThanOrEqual(1432)
    const lines = datagrams.join('\n').split('\n')
    expect(lines.slice(0, 3)).toEqual(['requests:1|c', 'request.duration:1.500|ms', 'request.status.200:1|c'])
    receiver.close()
  })

  it('does not mind that nobody is there', () => {
    const statsd = new Statsd({ host: 'no-such-host.invalid', port: 1, prefix: 'x', tags: [] })
    statsd.workers(3)
    expect(() => statsd.flush()).not.toThrow()
  })
})

describe('parseStatsdHost', () => {
  it('reads a host and its port', () => {
    expect(parseStatsdHost('localhost:8125')).toEqual({ host: 'localhost', port: 8125 })
    expect(parseStatsdHost('[::1]:8125')).toEqual({ host: '::1', port: 8125 })
  })

  it.each(['', 'localhost', ':8125', 'x:0', 'x:65536', '::1:8125'])('does not read %j', text => {
    expect(parseStatsdHost(text)).toBeUndefined()
  })
})
